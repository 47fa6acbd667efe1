package dev.drover.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.Active;
import dev.drover.store.CasOutcome.Lost;
import dev.drover.store.CasOutcome.Unknown;
import dev.drover.store.CasOutcome.Won;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * ZooKeeper killed with {@code kill -9} in the middle of compare-and-sets; prints what it measures.
 */
@Timeout(180)
class StoreKillIT {
    @TempDir private Path directory;

    /** The last compare-and-set whose outcome was told, and the one whose outcome was not. */
    private record Stopped(Active told, Active untold) {}

    @Test
    void whatWasWonSurvivesAndWhatIsUnknownIsToldByTheRecord() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int port = 0;
        Active last = new Active("a", 1);
        for (int round = 0; round < 4; round++) {
            Active begin = last;
            Stopped stopped;
            try (ZooKeeperProcess server = ZooKeeperProcess.start(directory, port);
                    TestMonitor monitor = new TestMonitor(server.connect(), "m1")) {
                port = server.port();
                FencedStore leader = monitor.lead();
                if (round == 0) {
                    leader.declareVm("vm", "", begin);
                }
                stopped = raiseUntilKilled(leader, begin, server, 1 + random.nextInt(200));
            }
            assertThat(stopped.told().epoch()).as("seed %d", seed).isGreaterThan(begin.epoch());
            last = settle(port, stopped, seed);
        }
    }

    private static Stopped raiseUntilKilled(
            FencedStore leader, Active begin, ZooKeeperProcess server, int before)
            throws Exception {
        var enough = new CountDownLatch(before);
        var result = new CompletableFuture<Stopped>();
        Thread.ofVirtual().start(() -> result.complete(raise(leader, begin, enough)));
        enough.await();
        server.close();
        return result.get();
    }

    private static Stopped raise(FencedStore leader, Active begin, CountDownLatch count) {
        Active now = begin;
        while (true) {
            Active next = new Active(now.epoch() % 2 == 0 ? "a" : "b", now.epoch() + 1);
            MoveRecord move = new MoveRecord("m", next.toString());
            switch (leader.compareAndSet("vm", now, next, move)) {
                case Won() -> now = next;
                case Lost(Active other) -> throw new AssertionError("Lost to " + other);
                case Unknown(String _) -> {
                    return new Stopped(now, next);
                }
            }
            count.countDown();
        }
    }

    private Active settle(int port, Stopped stopped, long seed) throws Exception {
        try (ZooKeeperProcess again = ZooKeeperProcess.start(directory, port);
                TestMonitor monitor = new TestMonitor(again.connect(), "m2")) {
            FencedStore leader = monitor.lead();
            Active now = monitor.store.active("vm").orElseThrow();
            assertThat(now).as("seed %d", seed).isIn(stopped.told(), stopped.untold());
            assertThat(monitor.store.loadMoves())
                    .as("seed %d", seed)
                    .containsExactly(new MoveRecord("m", now.toString()));
            assertThat(leader.compareAndSet("vm", stopped.told(), stopped.untold()))
                    .isEqualTo(now.equals(stopped.told()) ? new Won() : new Lost(now));
            return stopped.untold();
        }
    }

    @Test
    void speedOfACompareAndSet() throws Exception {
        try (ZooKeeperProcess server = ZooKeeperProcess.start(directory, 0);
                TestMonitor monitor = new TestMonitor(server.connect(), "m1")) {
            FencedStore leader = monitor.lead();
            Active now = new Active("a", 1);
            leader.declareVm("vm", "", now);
            long[] nanos = new long[2000];
            for (int i = 0; i < nanos.length; i++) {
                Active next = new Active("b", now.epoch() + 1);
                long begin = System.nanoTime();
                assertThat(leader.compareAndSet("vm", now, next, new MoveRecord("m", "state")))
                        .isEqualTo(new Won());
                nanos[i] = System.nanoTime() - begin;
                now = next;
            }
            assertThat(monitor.store.active("vm")).isEqualTo(Optional.of(now));
            Arrays.sort(nanos);
            System.out.printf(
                    "compare-and-set p50 %.2f ms, p99 %.2f ms%n",
                    nanos[1000] / 1e6, nanos[1980] / 1e6);
        }
    }
}
