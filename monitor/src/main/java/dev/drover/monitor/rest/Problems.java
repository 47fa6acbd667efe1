package dev.drover.monitor.rest;

import dev.drover.api.NotLeading;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkException;
import dev.drover.api.rest.Problem;
import dev.drover.api.spec.Finding;
import dev.drover.engine.HostFailure;
import dev.drover.store.StoreException;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, as RFC 9457 has it. */
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final String TYPE = "application/problem+json";
    private static final String READ_IT = "See what it says, and ask again when that is mended";

    private Problems() {}

    /** The path is there, but not for this method. */
    static final class WrongMethod extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongMethod(String allowed) {
            super(allowed);
        }
    }

    static Reply of(Exception e, Cluster cluster) {
        String said = String.valueOf(e.getMessage());
        return switch (e) {
            case ProblemException p ->
                    reply(
                            p.status(),
                            said,
                            p.reason(),
                            p.correction(),
                            p.findings(),
                            Optional.empty());
            case WrongMethod _ ->
                    reply(405, "This method is not for this path", "Only " + said, "Use another")
                            .with("Allow", said);
            case NotLeading _ -> notLeading(said, cluster);
            case StoreException.Deposed _ -> notLeading(said, cluster);
            case StoreException.NotFound _ -> reply(404, said, "It is gone", "List what there is");
            case StoreException.Exists _ -> reply(409, said, "It exists", "Use another name");
            case StoreException _ ->
                    reply(503, "The cluster's store gave no answer", said, "Ask again later");
            case Cluster.KeyReused _ ->
                    reply(
                            422,
                            "This Idempotency-Key came with another request before",
                            "A key stands for one request",
                            "Use a new key");
            case HostFailure _ ->
                    reply(409, said, "The cluster's state does not allow it", READ_IT);
            case LinkException.RemoteFailure _ -> reply(409, said, "The host said no", READ_IT);
            case LinkException _ -> reply(503, said, "A host gave no answer", "See what became");
            case RequestException r -> ofServer(r.status().code());
            case HttpException h -> ofServer(h.status().code());
            case Exception _ -> {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                LOG.error("A request failed", e);
                yield reply(500, "The monitor failed", "It has a fault", "See its log");
            }
        };
    }

    static Reply ofServer(int status) {
        return reply(status, "The request was refused", "It is not as HTTP has it", "Mend it");
    }

    private static Reply notLeading(String said, Cluster cluster) {
        Optional<String> leader;
        try {
            leader = cluster.leader();
        } catch (StoreException _) {
            leader = Optional.empty();
        }
        String ask = "Ask the leader, or all others";
        return reply(503, said, "Only the leader answers", ask, List.of(), leader)
                .with("Retry-After", "1");
    }

    private static Reply reply(int status, String detail, String cause, String correction) {
        return reply(status, detail, cause, correction, List.of(), Optional.empty());
    }

    private static Reply reply(
            int status,
            String detail,
            String cause,
            String correction,
            List<Finding> findings,
            Optional<String> leader) {
        Problem problem =
                new Problem(
                        "about:blank",
                        Status.create(status).reasonPhrase(),
                        status,
                        detail,
                        cause,
                        correction,
                        findings,
                        leader);
        return new Reply(status, TYPE, Map.of(), Json.write(problem));
    }
}
