package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.MonitorMessage;
import dev.drover.api.NotLeading;
import dev.drover.api.Wire;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.store.EmbeddedZooKeeper;
import dev.drover.store.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three monitors with a real ensemble of ZooKeeper servers. */
@Timeout(120)
class EnsembleIT {
    private static final int COUNT = 3;
    private static final int LISTENED_MILLIS = 1000;
    @TempDir private static Path state;

    private static List<InetSocketAddress> addresses;
    private static List<ClusterMonitor> monitors;

    @BeforeAll
    static void start() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(state.resolve("ca"));
        authority.issue(Subject.monitor(), state.resolve("monitor"));
        authority.issue(Subject.client("user"), state.resolve("user"));
        authority.issue(Subject.host("h1"), state.resolve("h1"));
        addresses = new ArrayList<>();
        for (int number = 1; number <= COUNT; number++) {
            addresses.add(local(FreePorts.take(3))); // and ZooKeeper's two
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<ClusterMonitor>> starts = new ArrayList<>();
            for (int number = 1; number <= COUNT; number++) {
                MonitorSettings settings = settings(number);
                starts.add(() -> ClusterMonitor.start(settings));
            }
            monitors = new ArrayList<>();
            for (Future<ClusterMonitor> started : threads.invokeAll(starts)) {
                monitors.add(started.get());
            }
        }
    }

    @AfterAll
    static void stop() {
        monitors.forEach(ClusterMonitor::close);
    }

    private static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static MonitorSettings settings(int number) {
        return settings("m" + number, addresses.get(number - 1), addresses, Optional.empty());
    }

    /** One by itself. */
    private static MonitorSettings alone(String directory) {
        return settings(directory, local(0), List.of(), Optional.empty());
    }

    private static MonitorSettings settings(
            String directory,
            InetSocketAddress listen,
            List<InetSocketAddress> peers,
            Optional<String> zooKeeper) {
        return new MonitorSettings(
                listen,
                Optional.empty(),
                state.resolve(directory),
                state.resolve("monitor"),
                0,
                peers,
                zooKeeper,
                false);
    }

    /** The number of the one that answers, from 0; waits until one does. */
    private static int leader() throws Exception {
        while (true) {
            for (int i = 0; i < monitors.size(); i++) {
                if (leads(monitors.get(i).address())) {
                    return i;
                }
            }
        }
    }

    private static boolean leads(InetSocketAddress address) throws Exception {
        try (Peer user =
                Peer.connect(
                        address,
                        Identity.load(state.resolve("user")),
                        Subject.monitor(),
                        Service.refusing(),
                        LinkLimits.USUAL)) {
            MonitorMessage question = new MonitorMessage.AskHosts();
            assertThat(
                            user.call(
                                            Wire.verb((Record) question),
                                            question,
                                            MonitorMessage.HostsAnswer.class)
                                    .hosts())
                    .isEmpty();
            return true;
        } catch (LinkException.RemoteFailure e) {
            assertThat(NotLeading.isSaidBy(e)).as(e.getMessage()).isTrue();
            return false;
        }
    }

    @Test
    void whenTheLeaderEndsAnotherLeads() throws Exception {
        ClusterMonitor first = monitors.remove(leader());
        first.close();
        assertThat(monitors.get(leader()).address()).isNotEqualTo(first.address());
    }

    @Test
    void onlyAMonitorTakesPartInTheEnsemble() throws IOException {
        assertThat(isListenedTo("monitor")).isTrue();
        assertThat(isListenedTo("h1")).isFalse();
        assertThat(isListenedTo("user")).isFalse();
    }

    /** Whether the election port waits for what somebody has to say. */
    private static boolean isListenedTo(String name) throws IOException {
        int election = monitors.getFirst().address().getPort() + 2;
        try (SSLSocket socket =
                (SSLSocket)
                        Identity.load(state.resolve(name))
                                .context()
                                .getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), election)) {
            socket.setSoTimeout(LISTENED_MILLIS);
            socket.startHandshake();
            int _ = socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException _) {
            return true;
        } catch (SSLException | SocketException _) {
            return false;
        }
    }

    @Test
    void twoMonitorsShareAnOutsideZooKeeper() throws Exception {
        try (EmbeddedZooKeeper outside = EmbeddedZooKeeper.start(state.resolve("outside"), 0)) {
            ClusterMonitor one = ClusterMonitor.start(outside(outside, "o1"));
            awaitLeads(one);
            ClusterMonitor two = ClusterMonitor.start(outside(outside, "o2"));
            assertThat(leads(two.address())).isFalse();
            one.close();
            awaitLeads(two);
            two.close();
        }
    }

    private static MonitorSettings outside(EmbeddedZooKeeper zooKeeper, String name) {
        return settings(name, local(0), List.of(), Optional.of(zooKeeper.connectString()));
    }

    private static void awaitLeads(ClusterMonitor monitor) throws Exception {
        while (!leads(monitor.address())) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aMemberDoesNotGoItsOwnWayNorTheOtherWayRound() throws Exception {
        assertThatThrownBy(() -> ClusterMonitor.start(alone("m1")))
                .isInstanceOf(StoreException.Broken.class)
                .hasMessageContaining("one of several");
        ClusterMonitor.start(alone("own")).close();
        MonitorSettings joining =
                settings("own", addresses.getFirst(), addresses, Optional.empty());
        assertThatThrownBy(() -> ClusterMonitor.start(joining))
                .isInstanceOf(StoreException.Broken.class)
                .hasMessageContaining("by itself");
    }

    @Test
    void aMemberKeepsItsNumber() {
        MonitorSettings third =
                settings("m1", addresses.getFirst(), addresses.reversed(), Optional.empty());
        assertThatThrownBy(() -> ClusterMonitor.start(third))
                .isInstanceOf(StoreException.Broken.class)
                .hasMessageContaining("number 1")
                .hasMessageContaining("number 3");
    }

    @Test
    void theWrongPeersAreRefused() {
        InetSocketAddress good = addresses.getFirst();
        for (List<InetSocketAddress> wrong :
                List.of(
                        addresses.subList(1, COUNT),
                        addresses.subList(0, 2),
                        List.of(good, local(good.getPort() + 2), local(good.getPort() + 5)),
                        List.of(good, good, addresses.get(1)))) {
            assertThatThrownBy(() -> settings("wrong", good, wrong, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
