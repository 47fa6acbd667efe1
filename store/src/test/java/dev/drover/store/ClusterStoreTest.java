package dev.drover.store;

import static org.apache.zookeeper.CreateMode.PERSISTENT;
import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.Active;
import dev.drover.store.CasOutcome.Lost;
import dev.drover.store.CasOutcome.Won;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ClusterStoreTest {
    private static final Active A1 = new Active("a", 1);
    private static final Active B2 = new Active("b", 2);
    private static final Active A3 = new Active("a", 3);

    private static EmbeddedZooKeeper zooKeeper;
    private static TestMonitor monitor;
    private static ClusterStore store;
    private static FencedStore leader;

    /** Each test has a VM of its own. */
    private String vm;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
        monitor = new TestMonitor(zooKeeper.connectString(), "m1");
        store = monitor.store;
        leader = monitor.lead();
    }

    @AfterAll
    static void stop() {
        monitor.close();
        zooKeeper.close();
    }

    @BeforeEach
    void nameTheVm(TestInfo test) {
        vm = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aDeclaredVmIsThereUntilItIsRemoved() {
        assertThat(store.active(vm)).isEmpty();
        leader.declareVm(vm, "{\"name\":\"ä\"}", A1);
        assertThat(store.spec(vm)).contains("{\"name\":\"ä\"}");
        assertThat(store.active(vm)).contains(A1);
        assertThat(store.vms()).contains(vm);
        leader.removeVm(vm);
        leader.removeVm(vm);
        assertThat(store.spec(vm)).isEmpty();
        assertThat(store.active(vm)).isEmpty();
        assertThat(store.vms()).doesNotContain(vm);
    }

    @Test
    void aLayoutOfALaterVersionIsRefused() throws Exception {
        store.zk().curator().setData().forPath(Znodes.VERSION, Znodes.write("2"));
        try {
            assertThatThrownBy(() -> TestMonitor.connect(zooKeeper.connectString()))
                    .isInstanceOf(StoreException.Broken.class)
                    .hasMessageContaining("version 2")
                    .hasMessageContaining("version 1");
        } finally {
            store.zk().curator().setData().forPath(Znodes.VERSION, Znodes.write("1"));
        }
    }

    /** 1.3 MB of names; ZooKeeper's client takes 1 MiB at once, unless it is told. */
    @Test
    void moreNamesThanFitIntoTheUsualAnswerAreRead() throws Exception {
        List<String> names =
                IntStream.range(0, 10_000).mapToObj(i -> "%0128d".formatted(i)).toList();
        ZooKeeper zk = store.zk().curator().getZookeeperClient().getZooKeeper();
        try {
            multi(zk, names, path -> Op.create(path, new byte[0], OPEN_ACL_UNSAFE, PERSISTENT));
            assertThat(store.vms()).containsAll(names);
            assertThat(store.vms(names)).as("none has a record").isEmpty();
        } finally {
            multi(zk, names, path -> Op.delete(path, -1));
        }
    }

    private static void multi(ZooKeeper zk, List<String> names, Function<String, Op> operation)
            throws Exception {
        for (int from = 0; from < names.size(); from += 1000) {
            zk.multi(
                    names.subList(from, from + 1000).stream()
                            .map(name -> operation.apply(Znodes.vm(name)))
                            .toList());
        }
    }

    @Test
    void aVmIsDeclaredOnce() {
        leader.declareVm(vm, "one", A1);
        assertThatThrownBy(() -> leader.declareVm(vm, "two", B2))
                .isInstanceOf(StoreException.Exists.class)
                .hasMessageContaining(vm);
        assertThat(store.spec(vm)).contains("one");
        assertThat(store.active(vm)).contains(A1);
    }

    @Test
    void aCompareAndSetIsWonByWhomTheRecordIsAsExpected() {
        leader.declareVm(vm, "", A1);
        assertThat(leader.compareAndSet(vm, A1, B2)).isEqualTo(new Won());
        assertThat(store.active(vm)).contains(B2);
        assertThat(leader.compareAndSet(vm, B2, A3)).isEqualTo(new Won());
        assertThat(store.active(vm)).contains(A3);
    }

    @Test
    void aCompareAndSetThatIsLostChangesNothingAndTellsTheRecord() {
        leader.declareVm(vm, "", A1);
        leader.compareAndSet(vm, A1, B2);
        assertThat(leader.compareAndSet(vm, A1, new Active("c", 2))).isEqualTo(new Lost(B2));
        assertThat(leader.compareAndSet(vm, new Active("b", 1), A3)).isEqualTo(new Lost(B2));
        assertThat(store.active(vm)).contains(B2);
    }

    @Test
    void aRecordThatSomebodyElseChangedIsSeenWhateverWasRememberedOfIt() {
        leader.declareVm(vm, "", A1);
        FencedStore other = store.fence(leader.term());
        assertThat(leader.compareAndSet(vm, A1, B2)).isEqualTo(new Won());
        assertThat(other.compareAndSet(vm, B2, A3)).isEqualTo(new Won());
        assertThat(leader.compareAndSet(vm, B2, new Active("c", 3))).isEqualTo(new Lost(A3));
        assertThat(other.compareAndSet(vm, A3, new Active("b", 4))).isEqualTo(new Won());
        Active now = new Active("b", 4);
        assertThat(leader.compareAndSet(vm, now, new Active("a", 5))).isEqualTo(new Won());
    }

    @Test
    void aRecordThatWasRemovedAndMadeAnewIsNotTakenForTheOldOne() {
        leader.declareVm(vm, "", A1);
        leader.compareAndSet(vm, A1, B2);
        FencedStore other = store.fence(leader.term());
        other.removeVm(vm);
        other.declareVm(vm, "", B2);
        assertThat(leader.compareAndSet(vm, B2, A3)).isEqualTo(new Won());
        assertThat(store.active(vm)).contains(A3);
    }

    @Test
    void aCompareAndSetNeedsAVmAndAHigherEpoch() {
        assertThatThrownBy(() -> leader.compareAndSet(vm, A1, B2))
                .isInstanceOf(StoreException.NotFound.class)
                .hasMessageContaining(vm);
        leader.declareVm(vm, "", B2);
        assertThatThrownBy(() -> leader.compareAndSet(vm, B2, new Active("a", 2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMoveIsSavedWithTheRecordOrNotAtAll() {
        leader.declareVm(vm, "", A1);
        leader.saveMove(new MoveRecord(vm, "committing"));
        leader.compareAndSet(vm, A1, B2, new MoveRecord(vm, "resuming"));
        assertThat(store.loadMoves()).contains(new MoveRecord(vm, "resuming"));
        CasOutcome lost = leader.compareAndSet(vm, A1, A3, new MoveRecord(vm, "never"));
        assertThat(lost).isEqualTo(new Lost(B2));
        assertThat(store.loadMoves()).contains(new MoveRecord(vm, "resuming"));
    }

    @Test
    void aMoveIsSavedWithTheRecordWhetherItWasKnownOrNot() {
        leader.declareVm(vm, "", A1);
        FencedStore next = store.fence(leader.term());
        assertThat(leader.compareAndSet(vm, A1, B2, new MoveRecord(vm, "new")))
                .isEqualTo(new Won());
        assertThat(next.compareAndSet(vm, B2, A3, new MoveRecord(vm, "old"))).isEqualTo(new Won());
        assertThat(store.loadMoves()).contains(new MoveRecord(vm, "old"));
        next.removeMove(vm);
        assertThat(leader.compareAndSet(vm, A3, new Active("b", 4), new MoveRecord(vm, "gone")))
                .isEqualTo(new Won());
        assertThat(store.loadMoves()).contains(new MoveRecord(vm, "gone"));
    }

    @Test
    void ofManyWhoWantTheSameEpochOneWins() throws Exception {
        leader.declareVm(vm, "", A1);
        List<Callable<Integer>> contenders = new ArrayList<>();
        for (String host : List.of("a", "b", "c", "d", "e")) {
            FencedStore own = store.fence(leader.term());
            contenders.add(() -> winMany(own, host));
        }
        int won = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> each : threads.invokeAll(contenders)) {
                won += each.get();
            }
        }
        assertThat(store.active(vm).orElseThrow().epoch()).isEqualTo(1 + won);
    }

    private int winMany(FencedStore own, String host) {
        int won = 0;
        Active now = A1;
        while (now.epoch() < 100) {
            Active mine = new Active(host, now.epoch() + 1);
            switch (own.compareAndSet(vm, now, mine)) {
                case Won() -> {
                    won++;
                    now = mine;
                }
                case Lost(Active other) -> {
                    assertThat(other.epoch()).isGreaterThan(now.epoch());
                    now = other;
                }
                case CasOutcome.Unknown(String why) -> throw new AssertionError(why);
            }
        }
        return won;
    }

    @Test
    void movesAndHostsAreRememberedUntilTheyAreRemoved() {
        leader.saveMove(new MoveRecord("move-2", "two"));
        leader.saveMove(new MoveRecord("move-1", "one"));
        leader.saveMove(new MoveRecord("move-1", "one, later"));
        assertThat(store.loadMoves())
                .containsSubsequence(
                        new MoveRecord("move-1", "one, later"), new MoveRecord("move-2", "two"));
        leader.putHost("host-a", "x");
        leader.putHost("host-a", "y");
        store.fence(leader.term()).putHost("host-a", "z");
        assertThat(store.hosts()).containsEntry("host-a", "z");
        for (int twice = 0; twice < 2; twice++) {
            leader.removeMove("move-1");
            leader.removeHost("host-a");
        }
        assertThat(store.hosts()).doesNotContainKey("host-a");
        assertThat(store.loadMoves()).doesNotContain(new MoveRecord("move-1", "one, later"));
        leader.putHost("host-a", "again");
        assertThat(store.hosts()).containsEntry("host-a", "again");
    }

    @Test
    void baseImagesAreRememberedUntilTheyAreRemoved() {
        leader.putImage("debian", "one");
        leader.putImage("debian", "two");
        assertThat(store.images()).containsOnly(Map.entry("debian", "two"));
        for (int twice = 0; twice < 2; twice++) {
            leader.removeImage("debian");
        }
        assertThat(store.images()).isEmpty();
    }

    @Test
    void whatIsDecidedOfAHostStaysWhateverIsSaidOfIt() {
        for (int twice = 0; twice < 2; twice++) {
            leader.cordon("host-b");
            leader.putLost("host-b", "what was lost " + twice);
            leader.putHost("host-b", "hello");
        }
        assertThat(store.cordoned()).contains("host-b");
        assertThat(store.lost()).contains("host-b");
        assertThat(store.lost("host-b")).contains("what was lost 1");
        for (int twice = 0; twice < 2; twice++) {
            leader.uncordon("host-b");
        }
        assertThat(store.cordoned()).doesNotContain("host-b");
        assertThat(store.lost("host-c")).isEmpty();
        assertThat(store.lost("../hosts")).isEmpty();
    }

    @Test
    void whatZooKeeperWouldChokeOnIsRefusedHere() {
        assertThatThrownBy(() -> leader.putHost("big", "x".repeat(1 << 20)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> leader.declareVm("../hosts", "", A1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.active("../hosts")).isEmpty();
        assertThat(store.spec("../hosts")).isEmpty();
        leader.putHost("large", "x".repeat(900 << 10));
        assertThat(store.hosts().get("large")).hasSize(900 << 10);
    }

    @Test
    void aTermThatIsOverWritesNothing() {
        leader.declareVm(vm, "", A1);
        FencedStore old = store.fence(leader.term() - 1);
        List<ThrowingCallable> writes =
                List.of(
                        () -> old.declareVm("other", "", A1),
                        () -> old.removeVm(vm),
                        () -> old.compareAndSet(vm, A1, B2),
                        () -> old.compareAndSet(vm, A1, B2, new MoveRecord(vm, "")),
                        () -> old.saveMove(new MoveRecord(vm, "")),
                        () -> old.removeMove(vm),
                        () -> old.putHost(vm, ""),
                        () -> old.removeHost(vm),
                        () -> old.putImage(vm, ""),
                        () -> old.removeImage(vm),
                        old::touchQuorum);
        assertThat(writes)
                .allSatisfy(write ->
                        assertThatThrownBy(write).isInstanceOf(StoreException.Deposed.class));
        assertThat(store.active(vm)).contains(A1);
        assertThat(store.vms()).doesNotContain("other");
        assertThat(store.hosts()).doesNotContainKey(vm);
    }

    @Test
    void theLeaderProvesItsQuorum() {
        leader.touchQuorum();
        assertThat(store.connected()).isTrue();
        assertThat(store.leader()).contains(new Leader("m1", leader.term()));
    }

    @Test
    void noZooKeeperIsSaidSo() throws Exception {
        try (TestProxy nobody = new TestProxy("127.0.0.1:1")) {
            Duration atMost = Duration.ofMillis(300);
            assertThatThrownBy(() -> ClusterStore.connect(nobody.connect(), atMost, atMost))
                    .isInstanceOf(StoreException.Unavailable.class)
                    .hasMessageContaining(nobody.connect())
                    .hasMessageContaining("300 ms");
        }
    }
}
