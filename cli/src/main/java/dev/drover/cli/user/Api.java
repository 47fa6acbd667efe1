package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.Problem;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The REST interface of a cluster. Finds the monitor that leads, and goes on with the next one when
 * it dies: all that can be asked may be asked twice. One thread at a time.
 */
final class Api implements AutoCloseable {
    /** Another monitor leads some 6 to 8 s after the leader was killed. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration UNTIL_CONNECTED = Duration.ofSeconds(3);
    private static final Duration UNTIL_READ = Duration.ofSeconds(10);
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);
    private static final int PAGE = 1000;
    private static final int UNAVAILABLE = 503;
    private static final int LEAST_ERROR = 400;

    static {
        // A monitor's certificate says that it is one, not where it is; that is checked.
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
    }

    private final HttpClient http;
    private final List<String> monitors;
    private int next;

    private Api(HttpClient http, List<String> monitors) {
        this.http = http;
        this.monitors = monitors;
    }

    /** Does not connect yet; sockets are made in the network namespace of this thread. */
    static Api of(Context context) throws IOException {
        Identity identity = Identity.load(context.identity());
        return new Api(
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(identity.contextAmong(Subject.Role.MONITOR))
                        .connectTimeout(UNTIL_CONNECTED)
                        .build(),
                new ArrayList<>(context.monitors()));
    }

    /** What there is at a path, such as {@code /v1/vms/web1}. */
    JsonNode get(String path) throws InterruptedException {
        return ask("GET", path, UNTIL_READ, null, Map.of());
    }

    /** All pages of a list. */
    List<JsonNode> list(String path) throws InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String after = "";
        while (true) {
            String query = "?limit=" + PAGE + (after.isEmpty() ? "" : "&after=" + encode(after));
            JsonNode page = get(path + query);
            all.addAll(page.path("items").values());
            if (page.path("next").isNull()) {
                return all;
            }
            after = page.path("next").stringValue();
        }
    }

    /**
     * Asks for something to be done.
     *
     * @param patience for the answer
     * @param body sent as JSON; null for none
     * @return the answer; the missing node when there is none
     */
    JsonNode post(
            String path, Duration patience, @Nullable Object body, Map<String, String> headers)
            throws InterruptedException {
        return ask("POST", path, patience, body, headers);
    }

    void delete(String path, Duration patience) throws InterruptedException {
        var _ = ask("DELETE", path, patience, null, Map.of());
    }

    /** A name as a part of a path, or of a query. */
    static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode ask(
            String method,
            String path,
            Duration patience,
            @Nullable Object body,
            Map<String, String> headers)
            throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder()
                        .timeout(patience)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(Json.write(body)));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        HttpResponse<byte[]> response = leader(path, request);
        if (response.statusCode() >= LEAST_ERROR) {
            throw new Refused(problem(response));
        }
        return response.body().length == 0
                ? Json.mapper().missingNode()
                : Json.read(response.body(), JsonNode.class);
    }

    /** The answer of the monitor that leads. */
    private HttpResponse<byte[]> leader(String path, HttpRequest.Builder request)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Refused last = null;
        for (int tried = 1; last == null || System.nanoTime() < deadline; tried++) {
            String monitor = monitors.get(next);
            try {
                HttpResponse<byte[]> response =
                        http.send(
                                request.uri(URI.create("https://" + monitor + path)).build(),
                                BodyHandlers.ofByteArray());
                boolean leads = response.headers().firstValue("retry-after").isEmpty();
                if (response.statusCode() != UNAVAILABLE || leads) {
                    return response;
                }
                last = new Refused(problem(response));
            } catch (SSLHandshakeException e) {
                throw new Refused(
                        0,
                        "The monitor at " + monitor + " and this user do not trust each other",
                        String.valueOf(e.getMessage()),
                        "see whether the context names the certificate of this cluster");
            } catch (IOException e) {
                last =
                        new Refused(
                                0,
                                "No monitor answers at " + String.join(", ", monitors),
                                e.getMessage() == null ? e.toString() : e.getMessage(),
                                "see whether they run, and whether the context names them right");
            }
            next = (next + 1) % monitors.size();
            if (tried % monitors.size() == 0) {
                Thread.sleep(BETWEEN_ROUNDS);
            }
        }
        throw last;
    }

    private static Problem problem(HttpResponse<byte[]> response) {
        try {
            return Json.read(response.body(), Problem.class);
        } catch (IllegalArgumentException _) {
            int status = response.statusCode();
            throw new Refused(
                    status,
                    "The answer was " + status,
                    "What answers at " + response.uri().getAuthority() + " is no monitor",
                    "see whether the context names the port of the REST interface");
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
