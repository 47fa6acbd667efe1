package dev.drover.api.link;

import static dev.drover.api.link.TestCluster.MONITOR;
import static dev.drover.api.link.TestCluster.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.link.LinkException.LinkBroken;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes; prints what it measures. */
@Timeout(120)
class LinkIT {
    private static final long MIB = 1 << 20;

    @TempDir private static Path directory;
    private static TestCluster cluster;

    private final CountDownLatch waiting = new CountDownLatch(1);
    private LinkProcess monitor;

    @BeforeAll
    static void makeCluster() throws IOException {
        cluster = new TestCluster(directory);
    }

    @BeforeEach
    void startMonitor() throws IOException {
        monitor = LinkProcess.start(directory.resolve("m"));
    }

    @AfterEach
    void killMonitor() {
        monitor.close();
    }

    private Peer connect(LinkLimits limits) {
        Service own =
                answering((_, _, _) -> {
                    waiting.countDown();
                    return null;
                });
        return Peer.connect(monitor.address(), cluster.a, MONITOR, own, limits);
    }

    private Streams open(String purpose) {
        return Streams.open(monitor.address(), cluster.a, MONITOR, purpose, null);
    }

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
        waiting.await();
        return thrown;
    }

    @Test
    void thatAProcessWasKilledIsKnownAtOnce() throws Exception {
        try (Peer peer = connect(LinkLimits.USUAL)) {
            var thrown = callThatWaits(peer);
            long begin = System.nanoTime();
            monitor.kill();
            assertThat(thrown.get()).isInstanceOf(LinkBroken.class);
            System.out.printf("kill -9 noticed after %.1f ms%n", millisSince(begin));
        }
    }

    @Test
    void aProcessThatHangsIsGivenUp() throws Exception {
        LinkLimits quick =
                new LinkLimits(
                        Duration.ofSeconds(10),
                        Optional.empty(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6));
        try (Peer peer = connect(quick)) {
            var thrown = callThatWaits(peer);
            monitor.stall();
            assertThat(thrown.get())
                    .isInstanceOf(LinkBroken.class)
                    .hasMessageContaining("silent for 6000 ms");
        }
    }

    @Test
    void aStreamWhoseProcessWasKilledIsBrokenNotEnded() throws Exception {
        try (Streams stream = open("pour")) {
            stream.in().readNBytes((int) (64 * MIB));
            monitor.kill();
            assertThatThrownBy(() -> stream.in().transferTo(OutputStream.nullOutputStream()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsStreamedArrivesAsItWas() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Random random = new Random(7);
        byte[] piece = new byte[1_000_003];
        try (Streams stream = open("hash")) {
            for (int i = 0; i < 256; i++) {
                random.nextBytes(piece);
                digest.update(piece);
                stream.out().write(piece);
            }
            stream.endOutput();
            assertThat(stream.in().readAllBytes()).isEqualTo(digest.digest());
        }
    }

    @Test
    void speedOfAStream() throws Exception {
        byte[] piece = new byte[(int) MIB];
        new Random(8).nextBytes(piece);
        for (int run = 0; run < 3; run++) {
            long begin = System.nanoTime();
            try (Streams stream = open("count")) {
                for (int i = 0; i < 1024; i++) {
                    stream.out().write(piece);
                }
                stream.endOutput();
                assertThat(Json.read(stream.in().readAllBytes(), Long.class)).isEqualTo(1024 * MIB);
            }
            System.out.printf(
                    "1 GiB streamed at %.0f MB/s%n", 1.024e6 * 1.048576 / millisSince(begin));
        }
    }

    @Test
    void speedOfCallsAndConnections() throws Exception {
        long[] connects = new long[100];
        for (int i = 0; i < connects.length; i++) {
            long begin = System.nanoTime();
            try (Peer peer = connect(LinkLimits.USUAL)) {
                connects[i] = System.nanoTime() - begin;
                assertThat(peer.isOpen()).isTrue();
            }
        }
        long[] calls = new long[20_000];
        try (Peer peer = connect(LinkLimits.USUAL)) {
            for (int i = 0; i < calls.length; i++) {
                long begin = System.nanoTime();
                assertThat(peer.call("echo", i, Integer.class)).isEqualTo(i);
                calls[i] = System.nanoTime() - begin;
            }
        }
        System.out.printf(
                "connect p50 %.1f ms; call p50 %.0f us, p99 %.0f us%n",
                percentile(connects, 50) / 1e6,
                percentile(calls, 50) / 1e3,
                percentile(calls, 99) / 1e3);
    }

    private static double percentile(long[] nanos, int percent) {
        Arrays.sort(nanos);
        return nanos[nanos.length * percent / 100];
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
