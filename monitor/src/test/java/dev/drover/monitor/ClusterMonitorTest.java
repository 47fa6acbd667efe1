package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.api.MoveStatus;
import dev.drover.api.Origin;
import dev.drover.api.Rest;
import dev.drover.api.SourceMessage;
import dev.drover.api.TargetMessage;
import dev.drover.api.VmMessage;
import dev.drover.api.Wanted;
import dev.drover.api.Wire;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.engine.PhaseTime;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.Role;
import dev.drover.protocol.State;
import dev.drover.store.ClusterStore;
import dev.drover.store.Leader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A monitor with a real ZooKeeper and real links, and agents that only obey. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before all tests
class ClusterMonitorTest {
    @TempDir private static Path state;

    /** Those of day and monotonic, within a test. */
    private static final double CLOCKS_DIFFER_MS = 100;

    private static Path identities;
    private static int zooKeeperPort;
    private static ClusterMonitor monitor;
    private static int tests;

    /** Each test has a VM of its own. */
    private final VmSpec vm =
            new VmSpec(
                    "vm" + ++tests,
                    1,
                    256L << 20,
                    new VmSpec.DiskSpec(VmSpec.Format.RAW, 1 << 20),
                    new VmSpec.NicSpec("52:54:00:00:00:01", "vmbr0"),
                    new VmSpec.Boot.FromDisk());

    /** A move that nobody drives any more. */
    private final MovePlan gone = new MovePlan("gone", vm.name(), "h1", "h2", 1, true);

    private TestHost h1;
    private TestHost h2;
    private Peer user;

    @BeforeAll
    static void start() throws Exception {
        identities = state.resolve("identities");
        CertificateAuthority authority = CertificateAuthority.create(identities.resolve("ca"));
        authority.issue(Subject.monitor(), identities.resolve("monitor"));
        authority.issue(Subject.client("user"), identities.resolve("user"));
        for (String host : new String[] {"h1", "h2"}) {
            authority.issue(Subject.host(host), identities.resolve(host));
        }
        zooKeeperPort = FreePorts.take(1);
        startMonitor();
    }

    private static void startMonitor() throws Exception {
        monitor =
                ClusterMonitor.start(
                        new MonitorSettings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                Optional.empty(),
                                state.resolve("monitor"),
                                identities.resolve("monitor"),
                                zooKeeperPort,
                                List.of(),
                                Optional.empty(),
                                false));
    }

    @BeforeEach
    void connect() throws IOException {
        h1 = TestHost.connect(monitor.address(), identity("h1"), vm.name());
        h2 = TestHost.connect(monitor.address(), identity("h2"), vm.name());
        user =
                Peer.connect(
                        monitor.address(),
                        identity("user"),
                        Subject.monitor(),
                        Service.refusing(),
                        LinkLimits.USUAL);
    }

    @AfterEach
    void hangUp() {
        user.close();
        h1.close();
        h2.close();
    }

    @AfterAll
    static void stop() {
        monitor.close();
    }

    private static Identity identity(String name) throws IOException {
        return Identity.load(identities.resolve(name));
    }

    private <T> T ask(MonitorMessage message, Class<T> answer) throws InterruptedException {
        return user.call(Wire.verb((Record) message), message, answer);
    }

    private void createVm() throws InterruptedException {
        h1.hello();
        ask(new MonitorMessage.CreateVm(vm, "h1", "/images"), Void.class);
        assertThat(h1.next()).isEqualTo(new VmMessage.Fit(vm, new Origin.Directory("/images")));
        assertThat(h1.next()).isInstanceOf(VmMessage.Create.class);
    }

    private Active active() throws InterruptedException {
        return ask(new MonitorMessage.AskActive(vm.name()), MonitorMessage.ActiveAnswer.class)
                .active();
    }

    private MonitorMessage.MoveStarted startMove() throws InterruptedException {
        return ask(
                new MonitorMessage.StartMove(vm.name(), "h2", true, Optional.empty()),
                MonitorMessage.MoveStarted.class);
    }

    /** A move whose target has got its message and instantiates only after {@code instantiated}. */
    private String startSlowMove(CountDownLatch instantiated) throws Exception {
        h2.close();
        h2 = TestHost.slow(monitor.address(), identity("h2"), vm.name(), instantiated);
        createVm();
        h2.hello();
        String move = startMove().move();
        assertThat(h2.next()).isInstanceOf(TargetMessage.Instantiate.class);
        return move;
    }

    /** As another leader's doing. */
    private void record(Active expected, Active next) {
        try (ClusterStore store = store()) {
            store.fence(leader().term()).compareAndSet(vm.name(), expected, next);
        }
    }

    private static Leader leader() {
        try (ClusterStore store = store()) {
            return store.leader().orElseThrow();
        }
    }

    private static ClusterStore store() {
        return ClusterStore.connect("127.0.0.1:" + zooKeeperPort);
    }

    private MonitorMessage.Holding part(Role role) {
        return part(role, gone);
    }

    private MonitorMessage.Holding part(Role role, MovePlan plan) {
        MoveOrder order =
                new MoveOrder(
                        1,
                        plan,
                        vm,
                        Optional.empty(),
                        TestHost.address("h1"),
                        TestHost.address("h2"),
                        TestHost.FACTS,
                        Optional.empty());
        return new MonitorMessage.Holding(
                vm.name(),
                MonitorMessage.Condition.UNCLEAR,
                Optional.of(new MonitorMessage.Part(role, order)));
    }

    @Test
    void aVmIsRecordedOnTheHostThatCreatedIt() throws Exception {
        createVm();
        assertThat(active()).isEqualTo(new Active("h1", 1));
    }

    @Test
    void whatAHostRefusesToCreateIsNotRecorded() throws Exception {
        h1.close();
        h1 = TestHost.full(monitor.address(), identity("h1"), vm.name());
        h1.hello();
        assertThatThrownBy(() -> ask(new MonitorMessage.CreateVm(vm, "h1", "/images"), Void.class))
                .isInstanceOf(LinkException.RemoteFailure.class)
                .hasMessageContaining("no room");
        assertThatThrownBy(this::active).hasMessageContaining("There is no VM");
    }

    @Test
    void aVmIsDestroyedWithItsRecord() throws Exception {
        createVm();
        ask(new MonitorMessage.DestroyVm(vm.name()), Void.class);
        assertThat(h1.next()).isInstanceOf(VmMessage.Destroy.class);
        assertThatThrownBy(this::active).hasMessageContaining("There is no VM");
    }

    private MonitorMessage.ActiveAnswer known() throws InterruptedException {
        return ask(new MonitorMessage.AskActive(vm.name()), MonitorMessage.ActiveAnswer.class);
    }

    private MonitorMessage.Holding held(MonitorMessage.Condition condition) {
        return new MonitorMessage.Holding(vm.name(), condition, Optional.empty());
    }

    private void sleepVm() throws InterruptedException {
        ask(new MonitorMessage.SleepVm(vm.name()), Void.class);
    }

    @Test
    void eachVerbIsWantedAndRaisesTheRecord() throws Exception {
        createVm();
        sleepVm();
        assertThat(h1.next()).isEqualTo(new VmMessage.Sleep(leader().term(), vm.name(), 2));
        assertThat(known().wanted()).isEqualTo(Wanted.ASLEEP);
        assertThat(ask(new MonitorMessage.WakeVm(vm.name()), VmMessage.Woken.class))
                .isEqualTo(VmMessage.Woken.BOOTED);
        assertThat(h1.next()).isEqualTo(new VmMessage.Wake(leader().term(), vm.name(), 3));
        assertThat(known().wanted()).isEqualTo(Wanted.RUNNING);
        ask(new MonitorMessage.StopVm(vm.name(), 5000), Void.class);
        assertThat(h1.next()).isEqualTo(new VmMessage.Stop(leader().term(), vm.name(), 4, 5000));
        assertThat(known().wanted()).isEqualTo(Wanted.STOPPED);
        assertThat(active()).isEqualTo(new Active("h1", 4));
    }

    @Test
    void whatAHostRefusesToDoIsNotWantedAnyMore() throws Exception {
        createVm();
        h1.refusing(true);
        assertThatThrownBy(this::sleepVm).hasMessageContaining("no room");
        assertThat(known().wanted()).isEqualTo(Wanted.RUNNING);
    }

    @Test
    void aVmThatRestsIsMovedAsOneAndIsWantedAsBefore() throws Exception {
        createVm();
        h2.hello();
        sleepVm();
        String move = startMove().move();
        assertThat(h1.nextOf(SourceMessage.Transfer.class).order().rest()).contains(Rest.ASLEEP);
        assertThat(verdict(move)).isEqualTo(new State.Verdict.Moved(new Active("h2", 3)));
        assertThat(known().wanted()).isEqualTo(Wanted.ASLEEP);
    }

    @Test
    void whatIsAskedOfAVmThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> ask(new MonitorMessage.WakeVm("none"), Void.class))
                .hasMessageContaining("There is no VM 'none'");
        assertThatThrownBy(() -> ask(new MonitorMessage.WakeVm("a/b"), Void.class))
                .hasMessageContaining("There is no VM 'a/b'");
    }

    @Test
    void aHostThatComesBackIsToldToMakeItsVmsWhatIsWantedOfThem() throws Exception {
        createVm();
        h1.hello(held(MonitorMessage.Condition.GONE)); // after a boot
        assertThat(h1.next()).isEqualTo(new VmMessage.Wake(leader().term(), vm.name(), 2));
        sleepVm();
        assertThat(h1.next()).isInstanceOf(VmMessage.Sleep.class);
        h1.hello(held(MonitorMessage.Condition.PAUSED)); // the agent died while it saved
        assertThat(h1.next()).isEqualTo(new VmMessage.Sleep(leader().term(), vm.name(), 4));
        h1.hello(held(MonitorMessage.Condition.ASLEEP));
        h1.hello(held(MonitorMessage.Condition.GONE)); // it died instead
        assertThat(h1.next()).isEqualTo(new VmMessage.Stop(leader().term(), vm.name(), 5, 0));
        assertThat(known().wanted()).isEqualTo(Wanted.STOPPED);
        h1.hello(held(MonitorMessage.Condition.RUNS));
        assertThat(h1.next()).isInstanceOf(VmMessage.Stop.class);
    }

    @Test
    void aVmIsNotStartedWhereTheRecordDoesNotNameTheHost() throws Exception {
        createVm();
        h2.hello(held(MonitorMessage.Condition.GONE), part(Role.TARGET));
        assertThat(h2.next()).as("the first led to nothing").isInstanceOf(TargetMessage.class);
        assertThat(active()).isEqualTo(new Active("h1", 1));
    }

    @Test
    void aGuestThatShutItselfDownStaysSo() throws Exception {
        createVm();
        h1.hello(held(MonitorMessage.Condition.ENDED));
        assertThat(h1.next()).isEqualTo(new VmMessage.Stop(leader().term(), vm.name(), 2, 0));
        assertThat(known().wanted()).isEqualTo(Wanted.STOPPED);
    }

    @Test
    void nobodySaysWhatIsNotHisToSay() {
        assertThatThrownBy(() -> h1.helloAs("h2")).hasMessageContaining("may not say Hello");
        assertThatThrownBy(() -> h1.say(new MonitorMessage.DestroyVm(vm.name())))
                .hasMessageContaining("may not say DestroyVm");
        assertThatThrownBy(
                        () -> ask(new MonitorMessage.Surprise(vm.name(), "m", "why"), Void.class))
                .hasMessageContaining("may not say Surprise");
    }

    @Test
    void whileAVmIsMovedItIsNeitherMovedAgainNorDestroyed() throws Exception {
        CountDownLatch instantiated = new CountDownLatch(1);
        String _ = startSlowMove(instantiated);
        assertThatThrownBy(this::startMove).hasMessageContaining("is being moved to h2 already");
        assertThatThrownBy(() -> ask(new MonitorMessage.DestroyVm(vm.name()), Void.class))
                .hasMessageContaining("is being moved to h2 already");
        instantiated.countDown();
    }

    @Test
    void aMoveNeedsAnotherHostThatIsThere() throws Exception {
        createVm();
        assertThatThrownBy(() ->
                        ask(
                                new MonitorMessage.StartMove(
                                        vm.name(), "h3", true, Optional.empty()),
                                Void.class))
                .hasMessageContaining("There is no host 'h3'");
        assertThatThrownBy(() ->
                        ask(
                                new MonitorMessage.StartMove(
                                        vm.name(), "h1", true, Optional.empty()),
                                Void.class))
                .hasMessageContaining("is on host h1 already");
    }

    @Test
    void aMonitorThatIsStartedAgainBringsItsMoveToAnEnd() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        String move = startSlowMove(never);
        long term = leader().term();
        startAgain();
        h2.hello(); // first: h1's is enough for the roll back, which does not wait for h2
        h1.hello();
        assertThat(verdict(move))
                .isInstanceOfSatisfying(
                        State.Verdict.RolledBack.class,
                        back -> assertThat(back.now()).isEqualTo(new Active("h1", 2)));
        assertThat(h1.nextOf(SourceMessage.RollBack.class).order().term()).isGreaterThan(term);
        assertThat(h2.nextOf(TargetMessage.Discard.class).order().term()).isGreaterThan(term);
    }

    @Test
    void aMonitorThatIsStartedAgainKeepsTheTimesOfItsMove() throws Exception {
        createVm();
        h2.hello();
        h1.slowIn(SourceMessage.Transfer.class, new CountDownLatch(1));
        String move = startMove().move();
        SourceMessage.Transfer _ = h1.nextOf(SourceMessage.Transfer.class);
        MoveStatus before = status(move);
        long beganNanos = System.nanoTime();
        startAgain();
        double awayMs = (System.nanoTime() - beganNanos) / 1e6 - CLOCKS_DIFFER_MS;
        h2.hello();
        h1.hello();
        assertThat(verdict(move)).isInstanceOf(State.Verdict.RolledBack.class);
        MoveStatus after = status(move);
        assertThat(after.phases())
                .extracting(PhaseTime::name)
                .containsExactly(Phase.INSTANTIATE, Phase.SNAPSHOT, Phase.ABORT, Phase.ROLL_BACK);
        assertThat(after.phases().getFirst().tookMs())
                .isBetween(0.0, before.phases().getFirst().tookMs());
        assertThat(after.totalMs()).isGreaterThan(before.totalMs() + awayMs);
        assertThat(after.phases().stream().mapToDouble(PhaseTime::tookMs).sum())
                .as("none of it is left out")
                .isCloseTo(after.totalMs(), within(CLOCKS_DIFFER_MS));
        startAgain();
        assertThat(status(move).phases()).hasSameSizeAs(after.phases());
        assertThat(status(move).totalMs()).isLessThan(after.totalMs() + CLOCKS_DIFFER_MS);
    }

    private void startAgain() throws Exception {
        monitor.close();
        hangUp();
        startMonitor();
        connect();
    }

    @Test
    void aMoveWaitsForAHostThatHasNotComeBackYet() throws Exception {
        createVm();
        h2.hello();
        startAgain();
        h1.hello();
        CompletableFuture<MonitorMessage.MoveStarted> move = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        move.complete(startMove());
                    } catch (InterruptedException | RuntimeException e) {
                        move.completeExceptionally(e);
                    }
                });
        h2.hello();
        assertThat(move.get().move()).isNotEmpty();
        h2.nextOf(TargetMessage.Instantiate.class);
    }

    private MoveStatus status(String move) throws InterruptedException {
        return ask(new MonitorMessage.AskMove(move), MoveStatus.class);
    }

    private State.Verdict verdict(String move) throws InterruptedException {
        MoveStatus status = status(move);
        while (!(status.state() instanceof State.Ended)) {
            status = status(move);
        }
        return ((State.Ended) status.state()).verdict();
    }

    @Test
    void aSourceWhoseRecordStandsIsRolledBackByARaiseOfIt() throws Exception {
        createVm();
        h1.hello(part(Role.SOURCE));
        assertThat(((SourceMessage.RollBack) h1.next()).epoch()).isEqualTo(2);
        assertThat(active()).isEqualTo(gone.aborted());
    }

    @Test
    void aSourceThatWasGivenItsRecordAnewIsRolledBackByThat() throws Exception {
        createVm();
        record(gone.before(), gone.votedBack());
        h1.hello(part(Role.SOURCE));
        assertThat(((SourceMessage.RollBack) h1.next()).epoch()).isEqualTo(3);
        assertThat(active()).isEqualTo(gone.votedBack());
    }

    @Test
    void aSourceWhoseVmRunsElsewhereIsReleased() throws Exception {
        createVm();
        record(gone.before(), gone.committed());
        h1.hello(part(Role.SOURCE));
        assertThat(h1.next()).isInstanceOf(SourceMessage.Release.class);
    }

    @Test
    void aTargetThatTheRecordNamesRunsTheVm() throws Exception {
        createVm();
        record(gone.before(), gone.committed());
        h2.hello(part(Role.TARGET));
        assertThat(h2.next()).isInstanceOf(TargetMessage.Resume.class);
        assertThat(h2.next()).isInstanceOf(TargetMessage.Settle.class);
    }

    @Test
    void aTargetThatTheRecordDoesNotNameDiscards() throws Exception {
        createVm();
        h2.hello(part(Role.TARGET));
        assertThat(h2.next()).isInstanceOf(TargetMessage.Discard.class);
        assertThat(active()).isEqualTo(gone.before());
    }

    @Test
    void aMissingRecordTouchesNothingAndAMoveUnderWayIsLeftToItsEngine() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        String move = startSlowMove(never);
        MovePlan ofNone = new MovePlan("other", "none", "h1", "h2", 1, true);
        MovePlan underWay = new MovePlan(move, vm.name(), "h1", "h2", 1, true);
        // In this order; so what the last one leads to proves that the others led to nothing.
        h2.hello(part(Role.TARGET, ofNone), part(Role.TARGET, underWay), part(Role.TARGET));
        assertThat(((TargetMessage) h2.next()).order().plan()).isEqualTo(gone);
        never.countDown();
    }
}
