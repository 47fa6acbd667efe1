package dev.drover.monitor.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.NotLeading;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.api.rest.HostView;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server, and watchers who take their time. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // before all tests
class EventStreamTest {
    /** So many the ring holds. */
    private static final int MANY = Changes.KEPT - 1;

    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir private static Path identities;

    private static Identity monitor;
    private static Identity user;

    private final Changes changes = new Changes();
    private HttpClient client;

    @BeforeAll
    static void issue() throws IOException {
        // The certificate is the monitor's of this cluster, whatever its address is.
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
        CertificateAuthority authority = CertificateAuthority.create(identities.resolve("ca"));
        authority.issue(Subject.monitor(), identities.resolve("monitor"));
        authority.issue(Subject.client("user"), identities.resolve("user"));
        monitor = Identity.load(identities.resolve("monitor"));
        user = Identity.load(identities.resolve("user"));
    }

    @BeforeEach
    void connect() {
        client = HttpClient.newBuilder().sslContext(user.context()).build();
        changes.begin(7);
    }

    @AfterEach
    void hangUp() {
        client.shutdownNow();
    }

    private RestServer serve(Duration keepAlive, Duration patience) {
        Object cluster =
                Proxy.newProxyInstance(
                        Cluster.class.getClassLoader(),
                        new Class<?>[] {Cluster.class},
                        (_, method, _) ->
                                switch (method.getName()) {
                                    case "changes" -> changes;
                                    case "leader" -> Optional.empty();
                                    case "tokens" -> Map.of();
                                    case "mustLead" -> null;
                                    case String other ->
                                            throw new UnsupportedOperationException(other);
                                });
        return RestServer.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                monitor,
                (Cluster) cluster,
                new Patience(keepAlive, patience));
    }

    private static EventView named(String name) {
        HostView host =
                new HostView(
                        name,
                        "127.0.0.1",
                        1,
                        true,
                        "7.2",
                        "tcg",
                        "pc",
                        1500,
                        Optional.empty(),
                        Map.of(),
                        false,
                        false);
        return EventView.of(EventType.HOST_CONNECTED, host);
    }

    private void tell(String name) {
        changes.tell(EventType.HOST_CONNECTED, named(name));
    }

    /** More than the buffers of both ends of a connection hold: whoever sends it must wait. */
    private void tellMuch() {
        EventView view = named("x".repeat(100_000));
        for (int i = 0; i < MANY; i++) {
            changes.tell(EventType.HOST_CONNECTED, view);
        }
    }

    @Test
    void oneWhoIsTooSlowIsCutOffAndHoldsNobodyUp() throws Exception {
        try (RestServer server = serve(LONG, LONG);
                Changes.Watch _ = changes.watch(); // nothing is told when nobody watches
                Watcher slow = Watcher.begin(client, server)) {
            tellMuch();
            for (int i = 0; i <= Changes.KEPT; i++) {
                tell("h1"); // though nobody reads
            }
            try (Watcher other = Watcher.begin(client, server)) {
                tell("h2");
                Watcher.Heard heard = other.next().orElseThrow();
                assertThat(heard.text("host.name")).isEqualTo("h2");
                assertThat(heard.id()).isEqualTo("7-" + (MANY + Changes.KEPT + 2));
            }
            int heard = 0;
            Watcher.Heard last = slow.next().orElseThrow();
            for (; last.type().equals("host-connected"); heard++) {
                assertThat(last.id()).as("none is left out").isEqualTo("7-" + (heard + 1));
                last = slow.next().orElseThrow();
            }
            assertThat(last.type()).isEqualTo("lost");
            assertThat(heard).isLessThan(MANY);
            assertThat(slow.next()).as("the stream has ended").isEmpty();
        }
    }

    @Test
    void oneWhoTakesNothingIsHungUpOn() throws Exception {
        try (RestServer server = serve(LONG, Duration.ofMillis(200));
                Watcher stuck = Watcher.begin(client, server)) {
            tellMuch();
            awaitNobodyWatches();
            assertThatThrownBy(() -> stuck.next(h -> h.type().equals("lost")))
                    .isInstanceOf(IOException.class);
        }
    }

    private void awaitNobodyWatches() throws InterruptedException {
        while (changes.watchers() > 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException("Somebody watches still");
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void silenceIsBrokenNowAndThenAndSoOneWhoIsGoneIsNoticed() throws Exception {
        try (RestServer server = serve(Duration.ofMillis(10), LONG)) {
            try (Watcher watcher = Watcher.begin(client, server)) {
                watcher.awaitKeptAlive();
                watcher.awaitKeptAlive();
                tell("h1");
                assertThat(watcher.next().orElseThrow().text("host.name")).isEqualTo("h1");
            }
            awaitNobodyWatches();
        }
    }

    @Test
    void aStreamEndsWithTheLeadAndThenTellsNothing() throws Exception {
        try (RestServer server = serve(LONG, LONG);
                Watcher watcher = Watcher.begin(client, server)) {
            changes.end();
            assertThat(watcher.next()).isEmpty();
            HttpResponse<String> refused =
                    client.send(Watcher.request(server), BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("does not lead");
        }
        assertThatThrownBy(changes::watch).isInstanceOf(NotLeading.class);
    }

    @Test
    void whatCannotBeToldIsSaidToBeLost() throws Exception {
        try (RestServer server = serve(LONG, LONG);
                Watcher watcher = Watcher.begin(client, server)) {
            changes.lose();
            assertThat(watcher.next().orElseThrow().type()).isEqualTo("lost");
            assertThat(watcher.next()).isEmpty();
        }
    }

    @Test
    void notMoreThanAThousandWatch() throws Exception {
        List<Changes.Watch> watches = new ArrayList<>();
        for (int i = 0; i < Changes.MOST_WATCHERS; i++) {
            watches.add(changes.watch());
        }
        try (RestServer server = serve(LONG, LONG)) {
            HttpResponse<String> refused =
                    client.send(Watcher.request(server), BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("1000 watch already");
            watches.getFirst().close();
            watches.getFirst().close(); // counts once
            try (Watcher _ = Watcher.begin(client, server)) {
                assertThatThrownBy(changes::watch).isInstanceOf(ProblemException.class);
            }
        }
    }
}
