package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.MonitorMessage;
import dev.drover.api.Progress;
import dev.drover.api.Wire;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.monitor.rest.RestServer;
import dev.drover.monitor.rest.Watcher;
import dev.drover.monitor.rest.Watcher.Heard;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What those hear who watch a real monitor, with agents that only obey. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before all tests
class EventsTest {
    @TempDir private static Path state;

    private static Path identities;
    private static ClusterMonitor monitor;
    private static RestServer rest;
    private static TestHost h1;
    private static Peer user;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        // The certificate is the monitor's of this cluster, whatever its address is.
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
        identities = state.resolve("identities");
        CertificateAuthority authority = CertificateAuthority.create(identities.resolve("ca"));
        authority.issue(Subject.monitor(), identities.resolve("monitor"));
        authority.issue(Subject.client("user"), identities.resolve("user"));
        for (String host : List.of("h1", "h2", "h3")) {
            authority.issue(Subject.host(host), identities.resolve(host));
        }
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int zooKeeper;
        try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
            zooKeeper = free.getLocalPort();
        }
        InetSocketAddress any = new InetSocketAddress(loopback, 0);
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
        rest = monitor.rest().orElseThrow();
        h1 = TestHost.connect(monitor.address(), identity("h1"), "");
        h1.hello();
        user =
                Peer.connect(
                        monitor.address(),
                        identity("user"),
                        Subject.monitor(),
                        Service.refusing(),
                        LinkLimits.USUAL);
        client = HttpClient.newBuilder().sslContext(identity("user").context()).build();
    }

    @AfterAll
    static void stop() {
        client.shutdownNow();
        user.close();
        h1.close();
        monitor.close();
    }

    private static Identity identity(String name) throws IOException {
        return Identity.load(identities.resolve(name));
    }

    private static <T> T ask(MonitorMessage message, Class<T> answer) throws InterruptedException {
        return user.call(Wire.verb((Record) message), message, answer);
    }

    private static void create(String name) throws InterruptedException {
        VmSpec vm =
                new VmSpec(
                        name,
                        1,
                        256L << 20,
                        new VmSpec.DiskSpec(VmSpec.Format.RAW, 1 << 20),
                        new VmSpec.NicSpec("52:54:00:00:00:01", "vmbr0"),
                        new VmSpec.Boot.FromDisk());
        ask(new MonitorMessage.CreateVm(vm, "h1", "/images"), Void.class);
    }

    /** What other tests have left is heard, too. */
    private static Heard next(Watcher watcher, String about) throws IOException {
        return watcher.next(heard ->
                List.of(heard.text("vm.name"), heard.text("move.vm"), heard.text("host.name"))
                        .contains(about));
    }

    private static void hears(Watcher watcher, String about, String type, String path, String text)
            throws IOException {
        Heard heard = next(watcher, about);
        assertThat(heard.type()).isEqualTo(type);
        assertThat(heard.text(path)).isEqualTo(text);
        assertThat(heard.text("time")).startsWith("20").endsWith("Z");
    }

    @Test
    void aVmIsHeardOfFromItsBeginningToItsEnd() throws Exception {
        try (Watcher watcher = Watcher.begin(client, rest)) {
            create("vm");
            hears(watcher, "vm", "vm-created", "vm.name", "vm");
            ask(new MonitorMessage.SleepVm("vm"), Void.class);
            hears(watcher, "vm", "vm-wanted", "vm.wanted", "ASLEEP");
            hears(watcher, "vm", "vm-record", "vm.epoch", "2");
            ask(new MonitorMessage.StopVm("vm", 0), Void.class);
            hears(watcher, "vm", "vm-wanted", "vm.wanted", "STOPPED");
            hears(watcher, "vm", "vm-record", "vm.epoch", "3");
            ask(new MonitorMessage.StopVm("vm", 0), Void.class);
            hears(watcher, "vm", "vm-record", "vm.epoch", "4");
            ask(new MonitorMessage.DestroyVm("vm"), Void.class);
            hears(watcher, "vm", "vm-destroyed", "vm.epoch", "4");
        }
    }

    @Test
    void whatAHostRefusesIsHeardOfAsUndone() throws Exception {
        create("awake");
        try (Watcher watcher = Watcher.begin(client, rest)) {
            h1.refusing(true);
            assertThat(refused(new MonitorMessage.SleepVm("awake"))).isTrue();
            hears(watcher, "awake", "vm-wanted", "vm.wanted", "ASLEEP");
            hears(watcher, "awake", "vm-record", "vm.epoch", "2");
            hears(watcher, "awake", "vm-wanted", "vm.wanted", "RUNNING");
        } finally {
            h1.refusing(false);
        }
    }

    private static boolean refused(MonitorMessage message) throws InterruptedException {
        try {
            ask(message, Void.class);
            return false;
        } catch (LinkException.RemoteFailure _) {
            return true;
        }
    }

    @Test
    void aHostIsHeardToComeAndToGo() throws Exception {
        try (Watcher watcher = Watcher.begin(client, rest)) {
            TestHost h3 = TestHost.connect(monitor.address(), identity("h3"), "");
            h3.hello();
            h3.hello();
            hears(watcher, "h3", "host-connected", "host.connected", "true");
            h3.close();
            hears(watcher, "h3", "host-disconnected", "host.connected", "false");
        }
    }

    @Test
    void aMoveIsHeardOfFromItsBeginningToItsEnd() throws Exception {
        create("moved");
        CountDownLatch instantiated = new CountDownLatch(1);
        TestHost h2 = TestHost.slow(monitor.address(), identity("h2"), "moved", instantiated);
        h2.hello();
        try (Watcher watcher = Watcher.begin(client, rest)) {
            var start = new MonitorMessage.StartMove("moved", "h2", false, Optional.empty());
            String move = ask(start, MonitorMessage.MoveStarted.class).move();
            hears(watcher, "moved", "move-began", "move.id", move);
            long began = System.nanoTime();
            for (int done = 1; done <= 4; done++) {
                var quarter = new Progress.DiskProgress(done, 4, 1);
                h2.say(new MonitorMessage.Report(move, quarter));
            }
            hears(watcher, "moved", "move-progress", "move.diskDone", "0.25");
            instantiated.countDown();
            List<String> heard = new ArrayList<>();
            Heard next;
            do {
                next = next(watcher, "moved");
                heard.add(
                        switch (next.type()) {
                            case "move-phase" -> next.text("move.phase");
                            case "vm-record" ->
                                    next.text("vm.host")
                                            + " "
                                            + next.text("vm.epoch")
                                            + " "
                                            + next.text("vm.move").equals(move);
                            case String other -> other;
                        });
            } while (!next.type().equals("move-ended"));
            long halfSeconds = (System.nanoTime() - began) / 500_000_000;
            assertThat(heard.stream().filter("move-progress"::equals).count())
                    .isLessThanOrEqualTo(halfSeconds);
            heard.removeIf("move-progress"::equals);
            assertThat(heard)
                    .containsExactly(
                            "SNAPSHOT",
                            "PULL",
                            "PRECOPY",
                            "HOLD",
                            "COMMIT",
                            "h2 2 true",
                            "RESUME",
                            "DELIVER",
                            "RELEASE",
                            "move-ended");
            assertThat(next.text("move.outcome.kind")).isEqualTo("MOVED");
        } finally {
            h2.close();
        }
    }
}
