package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.monitor.OddRequests.Request;
import dev.drover.monitor.OpenApi.Operation;
import dev.drover.monitor.rest.Digests;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holds a monitor against openapi.yaml, asked as it says and asked otherwise. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before each test
class OpenApiTest {
    private static final int REQUESTS = Integer.getInteger("drover.fuzz.requests", 40);

    private static final String WEB =
            "{\"name\":\"web\",\"cores\":1,\"memory\":\"256MiB\",\"disks\":[{\"name\":\"root\","
                    + "\"size\":\"1GiB\"}],\"nics\":[{\"network\":\"vmbr0\"}]}";

    @TempDir private Path state;

    private TestCluster cluster;
    private TestHost h1;
    private TestHost h2;
    private OpenApi openApi;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start(state);
        h1 = cluster.host("h1", "");
        h2 = cluster.host("h2", "");
        openApi = new OpenApi(cluster.get("/v1/openapi.yaml").body());
    }

    @AfterEach
    void stop() {
        h1.close();
        h2.close();
        cluster.close();
    }

    @Test
    void whatIsServedIsWhatTheFileSays() {
        assertThat(openApi.operations().stream().map(Operation::toString))
                .containsExactlyInAnyOrderElementsOf(cluster.served());
    }

    /** Each operation as it is meant, but for the stream of events, which has a test of its own. */
    @Test
    void everyAnswerIsAsTheFileSays() throws Exception {
        Set<String> asked = new LinkedHashSet<>();
        answers(asked, 200, "GET /v1/version", "");
        answers(asked, 200, "GET /v1/openapi.yaml", "");
        answers(asked, 200, "GET /v1/hosts", "");
        answers(asked, 200, "GET /v1/hosts/h1", "");
        answers(asked, 201, "POST /v1/vms", WEB);
        answers(asked, 200, "GET /v1/vms", "");
        answers(asked, 200, "GET /v1/vms/web", "");
        answers(asked, 204, "POST /v1/vms/web/sleep", "");
        answers(asked, 200, "POST /v1/vms/web/wake", "");
        answers(asked, 204, "POST /v1/vms/web/stop", "{\"patienceSeconds\":1}");
        String host = cluster.vm("web").get("host").stringValue();
        String other = host.equals("h1") ? "h2" : "h1";
        String move = "{\"vm\":\"web\",\"target\":\"" + other + "\"}";
        String id = answers(asked, 202, "POST /v1/moves", move);
        answers(asked, 200, "GET /v1/moves", "");
        answers(asked, 200, "GET /v1/moves/" + id, "");
        answers(asked, 0, "POST /v1/moves/" + id + "/cancel", "");
        String evacuation = answers(asked, 202, "POST /v1/hosts/h2/evacuate", "");
        answers(asked, 200, "GET /v1/evacuations", "");
        answers(asked, 200, "GET /v1/evacuations/" + evacuation, "");
        answers(asked, 0, "POST /v1/evacuations/" + evacuation + "/cancel", "");
        answers(asked, 204, "POST /v1/hosts/h2/cordon", "");
        answers(asked, 204, "POST /v1/hosts/h2/uncordon", "");
        answers(asked, 201, "POST /v1/tokens", "{\"name\":\"ann\",\"role\":\"VIEWER\"}");
        answers(asked, 200, "GET /v1/tokens", "");
        answers(asked, 204, "DELETE /v1/tokens/ann", "");
        h1.takeImages();
        h1.hello();
        String add = "POST /v1/images?name=debian&sha256=" + Digests.sha256("debian");
        answers(asked, 201, add, "debian");
        answers(asked, 200, add, "debian");
        answers(asked, 200, "GET /v1/images", "");
        answers(asked, 200, "GET /v1/images/debian", "");
        answers(asked, 204, "DELETE /v1/images/debian", "");
        answers(asked, 200, "GET /v1/metrics", "");
        answers(asked, 0, "DELETE /v1/vms/web", "");
        cluster.createVm("gone", "h1");
        answers(asked, 204, "DELETE /v1/vms/gone?keepSeconds=60", "");
        answers(asked, 200, "GET /v1/volumes", "");
        answers(asked, 204, "DELETE /v1/volumes/gone-h1", "");
        cluster.host("h3", "").close();
        answers(asked, 0, "POST /v1/hosts/h3/declare-lost", "{\"confirm\":\"h3\"}");
        asked.add("GET /v1/events");
        assertThat(asked).containsExactlyInAnyOrderElementsOf(cluster.served());
    }

    /**
     * Asks, and checks the answer.
     *
     * @param status that is wanted; 0 for what chance decides: done, or 409
     * @return the id in the answer, if there is one
     */
    private String answers(Set<String> asked, int status, String what, String body)
            throws Exception {
        String[] parts = what.split(" ", 2);
        Operation operation = operation(parts[0], parts[1]);
        asked.add(operation.toString());
        String type = body.startsWith("{") ? "application/json" : "application/octet-stream";
        Map<String, String> headers = body.isEmpty() ? Map.of() : Map.of("Content-Type", type);
        HttpResponse<String> answer = cluster.ask(parts[0], parts[1], body, headers);
        openApi.check(operation, answer, what);
        assertThat(answer.statusCode())
                .as(what + "\n" + answer.body())
                .matches(is -> is == status || (status == 0 && (is < 300 || is == 409)));
        return answer.body().startsWith("{")
                ? TestCluster.json(answer).path("id").asString("")
                : "";
    }

    private Operation operation(String method, String path) {
        return openApi.operations().stream()
                .filter(o -> o.method().equals(method))
                .filter(o ->
                        path.split("\\?", 2)[0].matches(
                                o.template().replaceAll("\\{[a-z]+\\}", "[^/]+")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Tag("slow")
    void nothingOddMakesItFailOrHang() throws Exception {
        long seed = Long.getLong("drover.fuzz.seed", new SplittableRandom().nextLong());
        OddRequests odd =
                new OddRequests(seed, List.of("h1", "h2", "vm1", "vm2", "ann", "debian"), WEB);
        cluster.createVm("vm1", "h1");
        for (Operation operation : openApi.operations()) {
            for (int i = 0; i < REQUESTS; i++) {
                Request request = odd.next(operation);
                String asked = "seed " + seed + ": " + operation + " " + request;
                HttpResponse<String> answer =
                        cluster.ask(
                                operation.method(),
                                request.path(),
                                request.body(),
                                request.headers());
                openApi.check(operation, answer, asked);
            }
        }
    }

    /** The server hangs up on who goes on sending; whether he sees the answer first is chance. */
    @Test
    void whatIsHugeIsNotReadToItsEnd() throws Exception {
        String huge = "{\"vm\":\"" + "x".repeat(8 << 20) + "\"}";
        for (Operation operation : openApi.operations()) {
            if (operation.body().isPresent()) {
                String path = operation.template().replaceAll("\\{[a-z]+\\}", "h1");
                try {
                    HttpResponse<String> answer =
                            cluster.ask(
                                    operation.method(),
                                    path,
                                    huge,
                                    Map.of("Content-Type", "application/json"));
                    openApi.check(operation, answer, operation.toString());
                    assertThat(answer.statusCode()).as(operation.toString()).isEqualTo(413);
                } catch (IOException e) {
                    assertThat(cluster.get("/v1/version").statusCode()).isEqualTo(200);
                }
            }
        }
    }
}
