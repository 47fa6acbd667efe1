package dev.drover.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.Active;
import dev.drover.store.CasOutcome.Lost;
import dev.drover.store.CasOutcome.Unknown;
import dev.drover.store.CasOutcome.Won;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is known, and by whom, when ZooKeeper or the way to it is gone for a while. */
@Timeout(90)
@SuppressWarnings("try") // closing in the middle is what is tested
class OutageIT {
    private static final Active A1 = new Active("a", 1);
    private static final Active B2 = new Active("b", 2);

    @TempDir private Path directory;
    private EmbeddedZooKeeper zooKeeper;

    @BeforeEach
    void start() {
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
    }

    @AfterEach
    void stop() {
        zooKeeper.close();
    }

    private int port() {
        String connect = zooKeeper.connectString();
        return Integer.parseInt(connect.substring(connect.indexOf(':') + 1));
    }

    private void restart() {
        int port = port();
        zooKeeper.close();
        zooKeeper = EmbeddedZooKeeper.start(directory, port);
    }

    /** Asks until the store answers again. */
    private static <T> T onceAvailable(Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (StoreException.Unavailable _) {
                // asked again, until the test's time is up
            }
        }
    }

    @Test
    void aLostAnswerIsUnknownAndTheRecordTellsWhatBecameOfIt() throws Exception {
        try (TestProxy proxy = new TestProxy(zooKeeper.connectString());
                TestMonitor monitor = new TestMonitor(proxy.connect(), "m1");
                ClusterStore onlooker = TestMonitor.connect(zooKeeper.connectString())) {
            FencedStore leader = monitor.lead();
            leader.declareVm("vm", "", A1);
            proxy.swallowAnswers();
            var outcome = new CompletableFuture<CasOutcome>();
            var move = new MoveRecord("m", "won");
            Thread.ofVirtual()
                    .start(() -> outcome.complete(leader.compareAndSet("vm", A1, B2, move)));
            while (!onlooker.active("vm").equals(Optional.of(B2))) {
                Thread.onSpinWait();
            }
            proxy.heal();
            assertThat(outcome.get()).isInstanceOf(Unknown.class);

            assertThat(onceAvailable(() -> monitor.store.active("vm"))).contains(B2);
            assertThat(monitor.store.loadMoves()).containsExactly(move);
            assertThat(leader.compareAndSet("vm", A1, B2)).isEqualTo(new Lost(B2));
        }
    }

    @Test
    void withoutAServerACompareAndSetIsUnknownAndTakesEffectAtMostOnce() throws Exception {
        int port = port();
        try (TestMonitor monitor = new TestMonitor(zooKeeper.connectString(), "m1")) {
            FencedStore leader = monitor.lead();
            leader.declareVm("vm", "", A1);
            zooKeeper.close();
            assertThat(leader.compareAndSet("vm", A1, B2)).isInstanceOf(Unknown.class);
            assertThatThrownBy(() -> monitor.store.active("vm"))
                    .isInstanceOf(StoreException.Unavailable.class);
            assertThatThrownBy(leader::touchQuorum).isInstanceOf(StoreException.Unavailable.class);
            monitor.awaitLost();

            zooKeeper = EmbeddedZooKeeper.start(directory, port);
            FencedStore again = monitor.lead();
            assertThat(again.term()).isGreaterThan(leader.term());
            assertThat(monitor.store.active("vm")).contains(A1);
            assertThatThrownBy(() -> leader.compareAndSet("vm", A1, B2))
                    .isInstanceOf(StoreException.Deposed.class);
            assertThat(again.compareAndSet("vm", A1, B2)).isEqualTo(new Won());
        }
    }

    @Test
    void anInterruptedCompareAndSetIsUnknownAndMayBeSentAgain() throws Exception {
        try (TestMonitor monitor = new TestMonitor(zooKeeper.connectString(), "m1")) {
            FencedStore leader = monitor.lead();
            leader.declareVm("vm", "", A1);
            var outcome = new CompletableFuture<CasOutcome>();
            var interrupted = new CompletableFuture<Boolean>();
            Thread.ofVirtual()
                    .start(() -> {
                        Thread.currentThread().interrupt();
                        outcome.complete(leader.compareAndSet("vm", A1, B2));
                        interrupted.complete(Thread.currentThread().isInterrupted());
                    });
            assertThat(outcome.get()).isInstanceOf(Unknown.class);
            assertThat(interrupted.get()).isTrue();
            assertThat(leader.compareAndSet("vm", A1, B2)).isIn(new Won(), new Lost(B2));
            assertThat(monitor.store.active("vm")).contains(B2);
        }
    }

    @Test
    void aLeaderThatIsCutOffIsReplacedAndFenced() throws Exception {
        try (TestProxy proxy = new TestProxy(zooKeeper.connectString());
                TestMonitor first = new TestMonitor(proxy.connect(), "m1")) {
            FencedStore deposed = first.lead();
            deposed.declareVm("vm", "", A1);
            try (TestMonitor second = new TestMonitor(zooKeeper.connectString(), "m2")) {
                proxy.freeze();
                FencedStore leader = second.lead();
                assertThat(leader.term()).isGreaterThan(deposed.term());
                first.awaitLost();
                assertThat(leader.compareAndSet("vm", A1, B2)).isEqualTo(new Won());

                proxy.heal();
                assertThat(onceAvailable(() -> first.store.active("vm"))).contains(B2);
                assertThatThrownBy(() -> deposed.compareAndSet("vm", B2, new Active("a", 3)))
                        .isInstanceOf(StoreException.Deposed.class);
                assertThatThrownBy(deposed::touchQuorum).isInstanceOf(StoreException.Deposed.class);
                assertThat(first.store.leader()).contains(new Leader("m2", leader.term()));
                leader.touchQuorum();
            }
            // Then it leads again, with a term of its own.
            FencedStore again = first.lead();
            assertThat(again.compareAndSet("vm", B2, new Active("a", 3))).isEqualTo(new Won());
        }
    }

    @Test
    void ofThreeMonitorsOneLeadsAndEachThatResignsIsFollowedByTheNext() throws Exception {
        try (TestMonitor a = new TestMonitor(zooKeeper.connectString(), "a")) {
            long first = a.awaitGained();
            try (TestMonitor b = new TestMonitor(zooKeeper.connectString(), "b")) {
                assertThat(b.wasToldNothingMore()).isTrue();
                a.resign();
                a.awaitLost();
                assertThat(b.awaitGained()).isEqualTo(first + 1);
                assertThat(a.store.leader()).contains(new Leader("b", first + 1));
                assertThat(a.wasToldNothingMore()).isTrue();
            }
        }
    }

    @Test
    void aRestartKeepsEverythingAndLeavesNothingBeside() throws Exception {
        try (TestMonitor monitor = new TestMonitor(zooKeeper.connectString(), "m1")) {
            FencedStore leader = monitor.lead();
            leader.declareVm("vm", "spec", A1);
            leader.compareAndSet("vm", A1, B2, new MoveRecord("m", "state"));
            leader.putHost("a", "host");
        }
        restart();
        try (TestMonitor monitor = new TestMonitor(zooKeeper.connectString(), "m1")) {
            FencedStore leader = monitor.lead();
            assertThat(leader.term()).isEqualTo(2);
            assertThat(monitor.store.spec("vm")).contains("spec");
            assertThat(monitor.store.active("vm")).contains(B2);
            assertThat(monitor.store.loadMoves()).containsExactly(new MoveRecord("m", "state"));
            assertThat(monitor.store.hosts()).containsEntry("a", "host");
            leader.saveMove(new MoveRecord("m", "later"));
            assertThat(leader.compareAndSet("vm", B2, new Active("a", 3))).isEqualTo(new Won());
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("data"));
        }
    }

    @Test
    void aPortThatIsTakenIsSaidSoAtOnce() {
        int port = port();
        assertThatThrownBy(() -> EmbeddedZooKeeper.start(directory.resolve("other"), port))
                .isInstanceOf(StoreException.Broken.class)
                .hasMessageContaining(String.valueOf(port));
    }
}
