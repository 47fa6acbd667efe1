package dev.drover.api.link;

import static dev.drover.api.link.TestCluster.MONITOR;
import static dev.drover.api.link.TestCluster.all;
import static dev.drover.api.link.TestCluster.answering;
import static dev.drover.api.link.TestCluster.anyPort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.link.LinkException.LinkBroken;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a link ends, and who gets to know. */
@Timeout(30)
@SuppressWarnings("try") // closing in the middle is what is tested
class LinkEndTest {
    private static final LinkLimits QUICK =
            new LinkLimits(
                    Duration.ofSeconds(10),
                    Optional.empty(),
                    Duration.ofMillis(50),
                    Duration.ofMillis(500));

    private static TestCluster cluster;

    private final CountDownLatch serving = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @BeforeAll
    static void makeCluster(@TempDir Path directory) throws IOException {
        cluster = new TestCluster(directory);
    }

    /** Calls {@code wait} until the link breaks. */
    private CompletableFuture<Throwable> callThatWaits(Peer peer) throws InterruptedException {
        var thrown = new CompletableFuture<Throwable>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        peer.call("wait", null, Void.class);
                        thrown.complete(new AssertionError("was answered"));
                    } catch (InterruptedException | RuntimeException e) {
                        thrown.complete(e);
                    }
                });
        serving.await();
        return thrown;
    }

    private LinkServer monitor() throws IOException {
        return LinkServer.listen(
                anyPort(), cluster.monitor, all(PeerTest.waiting(serving, interrupted)), QUICK);
    }

    private static Peer connect(InetSocketAddress address, LinkLimits limits) {
        return Peer.connect(address, cluster.a, MONITOR, Service.refusing(), limits);
    }

    @Test
    void whenTheConnectionIsCutTheCallerGetsToKnowAndTheServingThreadIsInterrupted()
            throws Exception {
        try (LinkServer server = monitor();
                TestProxy proxy = new TestProxy(server.address());
                Peer peer = connect(proxy.address(), LinkLimits.USUAL)) {
            var thrown = callThatWaits(peer);
            proxy.cut();
            assertThat(thrown.get()).isInstanceOf(LinkBroken.class);
            interrupted.await();
            assertThat(peer.isOpen()).isFalse();
            assertThatThrownBy(() -> peer.call("wait", null, Void.class))
                    .isInstanceOf(LinkBroken.class)
                    .hasMessageContaining("monitor 'm'");
            assertThatThrownBy(() -> peer.tell("wait", null)).isInstanceOf(LinkBroken.class);
        }
    }

    @Test
    void aPeerThatFallsSilentIsGivenUpByBothSides() throws Exception {
        try (LinkServer server = monitor();
                TestProxy proxy = new TestProxy(server.address());
                Peer peer = connect(proxy.address(), QUICK)) {
            var thrown = callThatWaits(peer);
            proxy.freeze();
            assertThat(thrown.get())
                    .isInstanceOf(LinkBroken.class)
                    .hasMessageContaining("silent for 500 ms");
            interrupted.await();
        }
    }

    @Test
    void anIdleLinkLivesOnBySignsOfLifeInBothDirections() throws Exception {
        try (LinkServer server = monitor();
                TestProxy proxy = new TestProxy(server.address());
                Peer peer = connect(proxy.address(), QUICK)) {
            peer.call("echo", 1, Integer.class);
            // At one in 50 ms, three times as long as it takes to be thought dead.
            proxy.forth.acquire(30);
            proxy.back.acquire(30);
            assertThat(peer.isOpen()).isTrue();
            assertThat(peer.call("echo", 1, Integer.class)).isEqualTo(1);
        }
    }

    @Test
    void closingBreaksTheCallsOfBothSides() throws Exception {
        try (LinkServer server = monitor();
                Peer peer = connect(server.address(), LinkLimits.USUAL)) {
            var thrown = callThatWaits(peer);
            peer.close();
            assertThat(thrown.get())
                    .isInstanceOf(LinkBroken.class)
                    .hasMessageContaining("closed by this side");
            interrupted.await();
        }
    }

    @Test
    void closingTheServerBreaksItsPeers() throws Exception {
        try (LinkServer server = monitor();
                Peer peer = connect(server.address(), LinkLimits.USUAL)) {
            var thrown = callThatWaits(peer);
            server.close();
            assertThat(thrown.get())
                    .isInstanceOf(LinkBroken.class)
                    .hasMessageContaining("the other side closed it");
        }
    }

    @Test
    void whoAskedIsToldOfTheEndOnceAndAtOnceWhenItHasCome() throws Exception {
        try (LinkServer server = monitor();
                Peer peer = connect(server.address(), LinkLimits.USUAL)) {
            var count = new AtomicInteger();
            var first = new CountDownLatch(1);
            Runnable takenBack = () -> count.addAndGet(100);
            peer.onClose(takenBack);
            peer.onClose(count::incrementAndGet);
            peer.onClose(first::countDown);
            peer.forget(takenBack);
            server.close();
            first.await();
            peer.close();
            var late = new CountDownLatch(1);
            peer.onClose(late::countDown);
            late.await();
            assertThat(count).hasValue(1);
        }
    }

    @Test
    void closeDoesNotHangOnAPeerThatReadsNothing() throws Exception {
        try (LinkServer server = monitor();
                TestProxy proxy = new TestProxy(server.address())) {
            Peer peer = connect(proxy.address(), LinkLimits.USUAL);
            proxy.stopReading();
            var enough = new CountDownLatch(900);
            Thread flood = Thread.ofVirtual().start(() -> tellWithoutEnd(peer, enough));
            enough.await();
            peer.close();
            flood.join();
            assertThat(peer.isOpen()).isFalse();
        }
    }

    /** More than any kernel buffers, less than the link lets wait. */
    private static void tellWithoutEnd(Peer peer, CountDownLatch count) {
        String much = "x".repeat(64 << 10);
        try {
            while (true) {
                peer.tell("note", much);
                count.countDown();
            }
        } catch (LinkBroken _) {
            // as intended
        }
    }

    @Test
    void aFailureOfTheServiceThatIsToldLeavesTheLinkOpen() throws Exception {
        Logger log = Logger.getLogger(Served.class.getName());
        log.setLevel(Level.OFF);
        var heard = new CountDownLatch(2);
        var failing =
                answering((_, _, _) -> {
                    heard.countDown();
                    throw new IllegalStateException("on purpose");
                });
        try (LinkServer server = LinkServer.listen(anyPort(), cluster.monitor, all(failing));
                Peer peer = connect(server.address(), LinkLimits.USUAL)) {
            peer.tell("one", null);
            peer.tell("two", null);
            heard.await();
            assertThat(peer.isOpen()).isTrue();
        }
    }
}
