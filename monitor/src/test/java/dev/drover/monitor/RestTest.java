package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.MonitorMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.Role;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.monitor.rest.Cluster;
import dev.drover.monitor.rest.Digests;
import dev.drover.ports.VmSpec;
import dev.drover.store.ClusterStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The REST interface of a real monitor, with agents that only obey. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before all tests
class RestTest {
    @TempDir private static Path state;

    private static final CountDownLatch NEVER = new CountDownLatch(1);
    private static Path identities;
    private static ClusterMonitor monitor;
    private static TestHost h1;
    private static TestHost h2;
    private static HttpClient admin;
    private static HttpClient nobody;

    @BeforeAll
    static void start() throws Exception {
        // The certificate is the monitor's of this cluster, whatever its address is.
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
        identities = state.resolve("identities");
        CertificateAuthority authority = CertificateAuthority.create(identities.resolve("ca"));
        authority.issue(Subject.monitor(), identities.resolve("monitor"));
        authority.issue(Subject.client("user"), identities.resolve("user"));
        authority.issue(Subject.host("h1"), identities.resolve("h1"));
        authority.issue(Subject.host("h2"), identities.resolve("h2"));
        int zooKeeper = FreePorts.take(1);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        monitor =
                ClusterMonitor.start(
                        new MonitorSettings(
                                any,
                                Optional.of(any),
                                state.resolve("monitor"),
                                identities.resolve("monitor"),
                                zooKeeper,
                                List.of(),
                                Optional.empty(),
                                false));
        h1 = TestHost.connect(monitor.address(), identity("h1"), "vm");
        h2 = TestHost.slow(monitor.address(), identity("h2"), "vm", NEVER);
        h1.hello();
        h2.hello();
        try (Peer user =
                Peer.connect(
                        monitor.address(),
                        identity("user"),
                        Subject.monitor(),
                        Service.refusing(),
                        LinkLimits.USUAL)) {
            for (String name : List.of("vm", "vm2", "vm3")) {
                MonitorMessage create = new MonitorMessage.CreateVm(spec(name), "h1", "/images");
                user.call(Wire.verb((Record) create), create, Void.class);
            }
        }
        try (ClusterStore store = ClusterStore.connect("127.0.0.1:" + zooKeeper)) {
            store.fence(store.leader().orElseThrow().term())
                    .putToken(
                            "watcher",
                            Json.text(new Cluster.Token(Digests.sha256("secret"), Role.VIEWER)));
        }
        admin = HttpClient.newBuilder().sslContext(identity("user").context()).build();
        nobody = HttpClient.newBuilder().sslContext(identity("h1").context()).build();
    }

    @AfterAll
    static void stop() {
        h1.close();
        h2.close();
        monitor.close();
    }

    private static VmSpec spec(String name) {
        return new VmSpec(
                name,
                1,
                256L << 20,
                new VmSpec.DiskSpec(VmSpec.Format.RAW, 1 << 20),
                new VmSpec.NicSpec("52:54:00:00:00:01", "vmbr0"),
                new VmSpec.Boot.FromDisk());
    }

    private static Identity identity(String name) throws IOException {
        return Identity.load(identities.resolve(name));
    }

    private static HttpResponse<String> ask(
            HttpClient client, String method, String path, String body, String... headers)
            throws Exception {
        int port = monitor.rest().orElseThrow().address().getPort();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        if (response.statusCode() >= 400) {
            assertThat(response.headers().firstValue("content-type"))
                    .contains("application/problem+json");
            JsonNode problem = Json.mapper().readTree(response.body());
            assertThat(problem.get("status").intValue()).isEqualTo(response.statusCode());
            assertThat(problem.propertyNames())
                    .contains("type", "title", "detail", "cause", "correction");
        }
        return response;
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return ask(admin, "GET", path, "");
    }

    private static int post(String body, String type) throws Exception {
        return ask(admin, "POST", "/v1/moves", body, "Content-Type", type).statusCode();
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.mapper().readTree(response.body());
    }

    @Test
    void theFileKnowsAllEvents() throws Exception {
        JsonNode file = new YAMLMapper().readTree(get("/v1/openapi.yaml").body());
        JsonNode types = file.at("/components/schemas/Event/properties/type/enum");
        assertThat(types.valueStream().map(JsonNode::stringValue))
                .containsExactlyElementsOf(
                        Stream.of(EventType.values()).map(EventType::label).toList());
    }

    @Test
    void whatIsCountedIsDocumented() throws Exception {
        HttpResponse<String> metrics = get("/v1/metrics");
        assertThat(metrics.headers().firstValue("content-type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body().lines())
                .contains(
                        "drover_leading 1.0",
                        "drover_hosts{connected=\"true\"} 2.0",
                        "drover_hosts{connected=\"false\"} 0.0")
                .anyMatch(line -> line.startsWith("drover_vms{wanted=\"running\"} "));
        String file = Files.readString(Path.of("../docs/metrics.md"));
        assertThat(metrics.body().lines().filter(line -> line.startsWith("# TYPE ")))
                .allSatisfy(line ->
                        assertThat(file).containsPattern("`" + line.split(" ", 4)[2] + "[`{]"));
    }

    @Test
    void nobodyIsAnsweredWithoutAName() throws Exception {
        for (String path : List.of("/v1/vms", "/v1/version", "/none")) {
            assertThat(ask(nobody, "GET", path, "").statusCode()).isEqualTo(401);
        }
        assertThat(ask(nobody, "GET", "/v1/vms", "", "Authorization", "Bearer no").statusCode())
                .isEqualTo(401);
    }

    @Test
    void aViewerLooksOnOnly() throws Exception {
        String[] token = {"Authorization", "Bearer secret"};
        assertThat(ask(nobody, "GET", "/v1/hosts/h1", "", token).statusCode()).isEqualTo(200);
        assertThat(ask(nobody, "DELETE", "/v1/vms/vm", "", token).statusCode()).isEqualTo(403);
        assertThat(ask(nobody, "POST", "/v1/moves", "{}", token).statusCode()).isEqualTo(403);
    }

    @Test
    void aTokenThatWasMadeIsValidUntilItIsRemoved() throws Exception {
        String[] type = {"Content-Type", "application/json"};
        String body = "{\"name\":\"ann\",\"role\":\"OPERATOR\"}";
        HttpResponse<String> made = ask(admin, "POST", "/v1/tokens", body, type);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String token = json(made).get("token").stringValue();
        assertThat(token).hasSizeGreaterThan(40);
        assertThat(ask(admin, "POST", "/v1/tokens", body, type).statusCode()).isEqualTo(409);
        assertThat(get("/v1/tokens").body()).contains("ann").doesNotContain(token);
        String[] bearer = {"Authorization", "Bearer " + token};
        assertThat(ask(nobody, "GET", "/v1/vms", "", bearer).statusCode()).isEqualTo(200);
        assertThat(ask(nobody, "GET", "/v1/tokens", "", bearer).statusCode()).isEqualTo(403);
        assertThat(ask(admin, "DELETE", "/v1/tokens/ann", "").statusCode()).isEqualTo(204);
        assertThat(ask(nobody, "GET", "/v1/vms", "", bearer).statusCode()).isEqualTo(401);
        assertThat(ask(admin, "DELETE", "/v1/tokens/ann", "").statusCode()).isEqualTo(404);
        for (String odd :
                List.of("{\"name\":\"a b\",\"role\":\"VIEWER\"}", body.replace("OP", "op"))) {
            assertThat(ask(admin, "POST", "/v1/tokens", odd, type).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void listsComeInPages() throws Exception {
        JsonNode first = json(get("/v1/hosts?limit=1"));
        assertThat(first.get("items").get(0).get("name").stringValue()).isEqualTo("h1");
        JsonNode second = json(get("/v1/hosts?after=" + first.get("next").stringValue()));
        assertThat(second.get("items").get(0).get("name").stringValue()).isEqualTo("h2");
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(get("/v1/hosts?limit=0").statusCode()).isEqualTo(400);
        assertThat(get("/v1/hosts?limit=1&limit=1").statusCode()).isEqualTo(400);
        assertThat(get("/v1/hosts?odd=%FF").statusCode()).isEqualTo(400);
    }

    @Test
    void aVmIsDestroyedOnlyAsItWasSeen() throws Exception {
        HttpResponse<String> vm = get("/v1/vms/vm2");
        assertThat(json(vm).get("host").stringValue()).isEqualTo("h1");
        String tag = vm.headers().firstValue("etag").orElseThrow();
        assertThat(ask(admin, "DELETE", "/v1/vms/vm2", "", "If-Match", "\"old\"").statusCode())
                .isEqualTo(412);
        assertThat(ask(admin, "DELETE", "/v1/vms/vm2", "", "If-Match", tag).statusCode())
                .isEqualTo(204);
        assertThat(get("/v1/vms/vm2").statusCode()).isEqualTo(404);
    }

    @Test
    void aVmIsPutToSleepWokenAndStopped() throws Exception {
        assertThat(ask(admin, "POST", "/v1/vms/vm3/sleep", "").statusCode()).isEqualTo(204);
        assertThat(json(get("/v1/vms/vm3")).get("wanted").stringValue()).isEqualTo("ASLEEP");
        HttpResponse<String> woken = ask(admin, "POST", "/v1/vms/vm3/wake", "");
        assertThat(woken.statusCode()).isEqualTo(200);
        assertThat(json(woken).get("woken").stringValue()).isEqualTo("BOOTED");
        assertThat(stop("{\"patienceSeconds\":-1}")).isEqualTo(400);
        assertThat(stop("{\"patienceSeconds\":\"1\"}")).isEqualTo(400);
        assertThat(stop("{}")).isEqualTo(400);
        assertThat(json(get("/v1/vms/vm3")).get("wanted").stringValue()).isEqualTo("RUNNING");
        assertThat(stop("{\"patienceSeconds\":5}")).isEqualTo(204);
        assertThat(json(get("/v1/vms/vm3")).get("wanted").stringValue()).isEqualTo("STOPPED");
    }

    private static int stop(String body) throws Exception {
        return ask(admin, "POST", "/v1/vms/vm3/stop", body, "Content-Type", "application/json")
                .statusCode();
    }

    @Test
    void theSameKeyIsTheSameMove() throws Exception {
        String body = "{\"vm\":\"vm\",\"target\":\"h2\"}";
        String[] key = {"Content-Type", "application/json", "Idempotency-Key", "k"};
        HttpResponse<String> first = ask(admin, "POST", "/v1/moves", body, key);
        HttpResponse<String> again = ask(admin, "POST", "/v1/moves", body, key);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        String other = "{\"vm\":\"vm\",\"target\":\"h1\"}";
        assertThat(ask(admin, "POST", "/v1/moves", other, key).statusCode()).isEqualTo(422);
        assertThat(post(body, "application/json")).isEqualTo(409);
        String id = json(first).get("id").stringValue();
        assertThat(json(get("/v1/moves/" + id)).get("target").stringValue()).isEqualTo("h2");
        assertThat(json(get("/v1/vms/vm")).get("move").stringValue()).isEqualTo(id);
        assertThat(ask(admin, "POST", "/v1/moves/" + id + "/cancel", "").statusCode())
                .isEqualTo(202);
    }

    @Test
    void whatIsNotAsItShouldBeIsRefused() throws Exception {
        HttpResponse<String> wrong = ask(admin, "PUT", "/v1/vms/vm", "");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("allow")).contains("DELETE, GET");
        assertThat(get("/v1/none").statusCode()).isEqualTo(404);
        assertThat(post("{}", "text/plain")).isEqualTo(415);
        assertThat(isTooLarge("{\"vm\":\"" + "x".repeat(1 << 20) + "\"}")).isTrue();
        for (String body :
                List.of(
                        "[]",
                        "{",
                        "{} {}",
                        "{\"vm\":1,\"target\":\"h2\"}",
                        "{\"vm\":\"vm3\"}",
                        "{\"vm\":\"vm3\",\"vm\":\"vm3\",\"target\":\"h2\"}",
                        "{\"vm\":\"vm3\",\"target\":\"h2\",\"more\":1}",
                        "{\"vm\":\"vm3\",\"target\":\"h2\",\"verify\":\"yes\"}")) {
            assertThat(post(body, "application/json")).as(body).isEqualTo(400);
        }
    }

    /** The server hangs up on who goes on sending; whether he sees the answer first is chance. */
    private static boolean isTooLarge(String body) throws Exception {
        try {
            return post(body, "application/json") == 413;
        } catch (IOException e) {
            return get("/v1/version").statusCode() == 200;
        }
    }
}
