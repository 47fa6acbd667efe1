package dev.drover.cli.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.drover.api.link.Json;
import dev.drover.api.rest.Problem;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Servers that answer as monitors do; the real ones are asked in KeptClusterIT. */
@Timeout(60)
class ApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private static Path identities;

    private final List<HttpsServer> servers = new ArrayList<>();
    private final List<Socket> silent = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void issueCertificates() throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(identities.resolve("ca"));
        authority.issue(Subject.monitor(), identities.resolve("monitor"));
        authority.issue(Subject.host("h1"), identities.resolve("h1"));
        authority.issue(Subject.client("user"), identities.resolve("user"));
    }

    @AfterEach
    void stop() throws IOException {
        servers.forEach(s -> s.stop(0));
        for (Socket socket : silent) {
            socket.close();
        }
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** Starts one; its address. */
    private String monitor(String identity, Answer answer) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(loopback, 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(Identity.load(identities.resolve(identity)).context()));
        server.createContext(
                "/",
                exchange -> {
                    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                    answer.to(exchange);
                });
        server.start();
        servers.add(server);
        return loopback.getHostAddress() + ":" + server.getAddress().getPort();
    }

    private static void json(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void notLeading(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Retry-After", "1");
        json(exchange, 503, problem(503, "This monitor does not lead"));
    }

    private static String problem(int status, String detail) {
        return Json.text(
                new Problem(
                        "about:blank",
                        "No",
                        status,
                        detail,
                        "it is so",
                        "wait",
                        List.of(),
                        Optional.empty()));
    }

    private static Api api(String... monitors) throws IOException {
        return Api.of(new Context(List.of(monitors), identities.resolve("user"), Optional.empty()));
    }

    /** Nobody else gets it, and nobody listens there. */
    private String deadPort() throws IOException {
        Socket socket = new Socket();
        silent.add(socket);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return "127.0.0.1:" + socket.getLocalPort();
    }

    @Test
    void theMonitorThatLeadsIsFoundAndAskedFromThenOn() throws Exception {
        String follower = monitor("monitor", ApiTest::notLeading);
        String leader = monitor("monitor", e -> json(e, 200, "{\"name\":\"a b\"}"));
        try (Api api = api(deadPort(), follower, leader)) {
            assertThat(api.get("/v1/vms/a%20b").path("name").stringValue()).isEqualTo("a b");
            assertThat(api.get("/v1/vms/a%20b").path("name").stringValue()).isEqualTo("a b");
        }
        assertThat(asked)
                .containsExactly("GET /v1/vms/a%20b", "GET /v1/vms/a%20b", "GET /v1/vms/a%20b");
    }

    @Test
    void allPagesOfAListAreRead() throws Exception {
        String leader =
                monitor(
                        "monitor",
                        e ->
                                json(
                                        e,
                                        200,
                                        e.getRequestURI().getQuery().contains("after=b c")
                                                ? "{\"items\":[{\"n\":3}],\"next\":null}"
                                                : "{\"items\":[{\"n\":1},{\"n\":2}],\"next\":\"b c\"}"));
        try (Api api = api(leader)) {
            assertThat(api.list("/v1/vms").stream().map(n -> n.path("n").intValue()))
                    .containsExactly(1, 2, 3);
        }
    }

    @Test
    void whatIsAskedForIsSentOnceWithItsHeaders() throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        String leader =
                monitor(
                        "monitor",
                        e -> {
                            byte[] body = e.getRequestBody().readAllBytes();
                            bodies.add(
                                    e.getRequestHeaders().getFirst("Idempotency-Key")
                                            + " "
                                            + new String(body, StandardCharsets.UTF_8));
                            json(e, 204, "");
                        });
        try (Api api = api(leader)) {
            JsonNode answer =
                    api.post("/x", PATIENCE, Map.of("a", 1), Map.of("Idempotency-Key", "key"));
            assertThat(answer.isMissingNode()).isTrue();
        }
        assertThat(bodies).containsExactly("key {\"a\":1}");
    }

    @Test
    void aFileIsSentToTheOneThatWantsItAndItsProgressShown() throws Exception {
        byte[] content = "0123456789".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(identities.resolve("image"), content);
        StringWriter err = new StringWriter();
        String follower = monitor("monitor", ApiTest::notLeading);
        String leader =
                monitor(
                        "monitor",
                        e -> {
                            boolean whole =
                                    Arrays.equals(e.getRequestBody().readAllBytes(), content);
                            json(e, 201, "{\"whole\":" + whole + "}");
                        });
        try (Api api = api(deadPort(), follower, leader)) {
            JsonNode answer = api.send("/x", () -> progress(file, err), content.length);
            assertThat(answer.path("whole").booleanValue()).isTrue();
        }
        assertThat(err.toString().lines()).hasSizeGreaterThanOrEqualTo(10);
        assertThat(err.toString()).contains("sends it  [", "==] 100 %  ETA 0 s");
    }

    private static InputStream progress(Path file, StringWriter err) {
        try {
            return FileProgress.open(file, new PrintWriter(err), "sends it");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsToldIsHeardUntilTheStreamEnds() throws Exception {
        String stream = "id: 1-1\nevent: a\ndata: {\"a\":1}\n\n:\n\ndata: {\"a\":2}\n\n";
        String leader = monitor("monitor", e -> json(e, 200, stream));
        List<Integer> heard = new ArrayList<>();
        try (Api api = api(deadPort(), leader)) {
            api.watch("/v1/events", told -> heard.add(told.path("a").intValue()));
        }
        assertThat(heard).containsExactly(1, 2);
        String full = monitor("monitor", e -> json(e, 403, problem(403, "You may not")));
        try (Api api = api(full)) {
            assertThatThrownBy(() -> api.watch("/v1/events", _ -> {}))
                    .hasMessageContaining("You may not");
        }
    }

    @Test
    void aStreamThatIsSilentForTooLongIsClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (Silence silence = Silence.closing(closed::countDown, Duration.ofMillis(1))) {
            silence.isBroken();
            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aTokenIsSentWithEachRequest() throws Exception {
        String leader =
                monitor(
                        "monitor",
                        e -> {
                            String said = e.getRequestHeaders().getFirst("Authorization");
                            json(e, 200, "{\"said\":\"" + said + "\"}");
                        });
        Path file = identities.resolve("token");
        String authority = Identity.load(identities.resolve("user")).authority();
        Files.write(file, Json.write(new Credentials.TokenFile("secret", authority)));
        try (Api api = Api.of(new Context(List.of(leader), file, Optional.empty()))) {
            assertThat(api.get("/x").path("said").stringValue()).isEqualTo("Bearer secret");
        }
        Files.writeString(file, "secret");
        assertThatThrownBy(() -> Credentials.load(file)).hasMessageContaining("no file of a token");
    }

    @Test
    void aRefusalSaysWhatWhyAndWhatToDo() throws Exception {
        String leader = monitor("monitor", e -> json(e, 409, problem(409, "VM 'a' moves")));
        try (Api api = api(leader)) {
            assertThatThrownBy(() -> api.delete("/v1/vms/a", PATIENCE))
                    .isInstanceOf(Refused.class)
                    .hasMessageContainingAll("VM 'a' moves", "because  it is so", "so       wait");
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void aStrangerIsTold() throws Exception {
        String host = monitor("h1", e -> json(e, 200, "{}"));
        try (Api api = api(host)) {
            assertThatThrownBy(() -> api.get("/v1/vms"))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("do not trust each other");
        }
        assertThat(asked).isEmpty();
        String other = monitor("monitor", e -> json(e, 404, "<html>"));
        try (Api api = api(other)) {
            assertThatThrownBy(() -> api.get("/v1/vms"))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("is no monitor");
        }
    }
}
