package dev.drover.engine;

import static dev.drover.engine.ScriptedLink.breaks;
import static dev.drover.engine.ScriptedLink.fails;
import static dev.drover.engine.ScriptedLink.first;
import static dev.drover.engine.ScriptedLink.isNotReached;
import static dev.drover.engine.ScriptedLink.losesTheAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.engine.FakeCluster.Qemu;
import dev.drover.engine.ScriptedLink.Twist;
import dev.drover.protocol.Event;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import dev.drover.protocol.State.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The monitor's engine against hosts and a record that do what is written down for them. */
class EngineTest {
    private static final String COMMIT = "record.compareAndSet h2 6";
    private static final String ABORT = "record.compareAndSet h1 6";
    private static final String VOTE_BACK = "record.compareAndSet h1 7";

    private final FakeCluster cluster = new FakeCluster(Run.PLAN);
    private final ScriptedLink link = new ScriptedLink();
    private final Watcher watcher = new Watcher();

    EngineTest() {
        cluster.link(link);
    }

    @AfterEach
    void noLawIsBroken() {
        assertThat(cluster.broken()).isEmpty();
    }

    @Test
    void aMoveVisitsItsPhasesInOrder() throws InterruptedException {
        assertThat(run()).isEqualTo(Run.moved());

        assertThat(watcher.entered())
                .containsExactly(
                        Phase.INSTANTIATE,
                        Phase.SNAPSHOT,
                        Phase.PULL,
                        Phase.PRECOPY,
                        Phase.HOLD,
                        Phase.COMMIT,
                        Phase.RESUME,
                        Phase.DELIVER,
                        Phase.VERIFY,
                        Phase.RELEASE);
        assertThat(watcher.left()).isEqualTo(watcher.entered());
        theTargetRuns();
    }

    @Test
    void aStateIsPersistedBeforeItsWorkIsDone() throws InterruptedException {
        Map<String, String> before =
                Map.of(
                        "persist Instantiating", "target.instantiate",
                        "persist Snapshotting", "source.transfer",
                        "persist Pulling", "target.pull",
                        "persist Precopying", "source.nextRound",
                        "persist HandedOver", "source.handOver",
                        "source persists HOLD", "source.hold",
                        "source persists STOP", "source.stop",
                        "persist Delivering", "target.deliver",
                        "persist Verifying", "source.digest",
                        "persist Releasing", "source.release");
        before.keySet().forEach(write -> link.on(write, first(EngineTest::dawdle)));

        assertThat(run()).isEqualTo(Run.moved());

        List<String> done = cluster.done();
        before.forEach((write, work) -> assertThat(done).containsSubsequence(write, work));
        assertThat(cluster.record.journal()).isInstanceOf(State.Ended.class);
    }

    /** Gives every other thread the chance to be too early. */
    private static void dawdle() {
        for (int i = 0; i < 1_000; i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void thePauseCostsOneRoundTripToTheRecordAndNoFurtherWrite() throws InterruptedException {
        assertThat(run()).isEqualTo(Run.moved());

        List<String> story = cluster.story();
        List<String> pause =
                story.subList(story.indexOf("source.stop"), story.indexOf("target.resume"));
        assertThat(pause).filteredOn(s -> s.contains("record.")).containsExactly(COMMIT);
        assertThat(pause).filteredOn(s -> s.startsWith("persist")).isEmpty();
        assertThat(pause)
                .filteredOn(s -> s.startsWith("source persists"))
                .containsExactly("source persists VOTE");
    }

    static Stream<Arguments> failuresBeforeTheCommit() {
        return Stream.of(
                        "target.instantiate",
                        "source.transfer",
                        "target.pull",
                        "source.nextRound",
                        "target.pullRound",
                        "source.endRound",
                        "source.sendMemory",
                        "source.awaitConverged",
                        "record.proveQuorum",
                        "source.handOver",
                        "source.hold",
                        "source.drain",
                        "source.stop",
                        "source.lastRound",
                        "target.pullLastRound",
                        "source.lastMemory",
                        "source.vote",
                        "target.vote")
                .flatMap(EngineTest::eachWay);
    }

    @ParameterizedTest
    @MethodSource("failuresBeforeTheCommit")
    void aFailureBeforeTheCommitBringsTheGuestBack(String call, String way, Twist twist)
            throws InterruptedException {
        link.on(call, twist);

        assertThat(Run.now(run())).isEqualTo(Run.PLAN.aborted());
        theSourceRuns();
        assertThat(cluster.target.qemu()).isEqualTo(Qemu.NONE);
    }

    static Stream<Arguments> failuresAfterTheCommit() {
        return Stream.of(
                        "target.resume",
                        "target.deliver",
                        "source.figures",
                        "target.figures",
                        "source.release",
                        "target.settle")
                .flatMap(EngineTest::eachWay);
    }

    @ParameterizedTest
    @MethodSource("failuresAfterTheCommit")
    void aFailureAfterTheCommitIsTriedAgain(String call, String way, Twist twist)
            throws InterruptedException {
        link.on(call, twist).on(call, twist).on(call, twist);

        assertThat(run()).isEqualTo(Run.moved());
        theTargetRuns();
        assertThat(cluster.story()).filteredOn(call::equals).hasSize(4);
        assertThat(watcher.entered()).doesNotHaveDuplicates();
    }

    @Test
    void ahostThatDoesNotAnswerIsWaitedFor() throws InterruptedException {
        link.on("target.resume", isNotReached());

        assertThat(run()).isEqualTo(Run.moved());
        assertThat(cluster.story())
                .containsSubsequence("target.resume", "target is awaited", "target.resume");
    }

    @ParameterizedTest
    @ValueSource(strings = {"source.digest", "target.digest"})
    void whatCannotBeVerifiedIsNoReasonToStop(String call) throws InterruptedException {
        link.on(call, fails("The disk is slow"));

        assertThat(run()).isEqualTo(Run.moved());
    }

    static Stream<Arguments> failuresOfTheRecord() {
        return Stream.of(COMMIT, ABORT, VOTE_BACK)
                .flatMap(cas ->
                        Stream.of(
                                Arguments.of(cas, "isNotReached", isNotReached()),
                                Arguments.of(cas, "losesTheAnswer", losesTheAnswer()),
                                Arguments.of(cas, "breaks", breaks()),
                                Arguments.of(cas, "reads what was", readsWhatWas())));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheRecord")
    void whatBecameOfACompareAndSetIsFoundOut(String cas, String way, Twist twist)
            throws InterruptedException {
        link.on(cas, twist).on(cas, twist);
        if (cas.equals(ABORT)) {
            link.on("source.stop", fails("The guest hangs"));
        }
        if (cas.equals(VOTE_BACK)) {
            link.on("target.resume", first(cluster.target::giveBack));
        }

        Verdict verdict = run();

        if (cas.equals(COMMIT)) {
            assertThat(verdict).isEqualTo(Run.moved());
            theTargetRuns();
        } else {
            assertThat(verdict).isInstanceOf(Verdict.RolledBack.class);
            theSourceRuns();
        }
    }

    @Test
    void aTargetThatNeverRanTheGuestGivesItBack() throws InterruptedException {
        link.on(COMMIT, first(cluster.target::die));

        assertThat(Run.now(run())).isEqualTo(Run.PLAN.votedBack());
        theSourceRuns();
    }

    @ParameterizedTest
    @ValueSource(strings = {"target.deliver", "source.release"})
    void thatTheGuestNeverRanIsHeardInResumeOnly(String call) throws InterruptedException {
        link.on(
                call,
                (_, _) -> {
                    throw new GuestNeverRan("Nonsense");
                });

        assertThat(run()).isEqualTo(Run.moved());
    }

    @Test
    void thatTheGuestNeverRanBeforeTheCommitIsAFailure() throws InterruptedException {
        link.on(
                "target.pull",
                (_, _) -> {
                    throw new GuestNeverRan("Nonsense");
                });

        assertThat(Run.now(run())).isEqualTo(Run.PLAN.aborted());
    }

    @Test
    void anErrorIsAFailureLikeAnyOther() throws InterruptedException {
        Twist error =
                (_, _) -> {
                    throw new StackOverflowError();
                };
        link.on("target.resume", error).on("target.deliver", error);

        assertThat(run()).isEqualTo(Run.moved());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Instantiating", "HandedOver", "Delivering", "Ended"})
    void aJournalThatFailsIsWaitedFor(String state) throws InterruptedException {
        link.on("persist " + state, breaks()).on("persist " + state, isNotReached());

        assertThat(run()).isEqualTo(Run.moved());
        assertThat(cluster.story()).filteredOn(("persist " + state)::equals).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheRollBack")
    void aRollBackIsTriedAgain(String call, String way, Twist twist) throws InterruptedException {
        link.on("target.pull", fails("No space is left")).on(call, twist).on(call, twist);

        assertThat(run()).isEqualTo(new Verdict.RolledBack(Run.PLAN.aborted(), "No space is left"));
        theSourceRuns();
    }

    static Stream<Arguments> failuresOfTheRollBack() {
        return Stream.of("source.rollBack", "target.discard").flatMap(EngineTest::eachWay);
    }

    @Test
    void aCancelInterruptsTheWork() throws InterruptedException {
        CountDownLatch pulling = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        link.on("target.pull", waits(pulling, never));
        Run run = Run.of(cluster.monitor(watcher));
        pulling.await();

        run.engine().tell(new Event.Cancelled("Ctrl-C"));

        assertThat(Run.verdict(run.end()))
                .isEqualTo(new Verdict.RolledBack(Run.PLAN.aborted(), "Ctrl-C"));
        theSourceRuns();
    }

    @Test
    void aCancelBeforeTheFirstPhaseIsHeard() throws InterruptedException {
        Engine engine = cluster.monitor(watcher);
        engine.tell(new Event.Cancelled("Ctrl-C"));

        assertThat(Run.now(Run.verdict(Run.of(engine).end()))).isEqualTo(Run.PLAN.aborted());
    }

    @Test
    void aCancelAfterTheCommitIsTooLate() throws InterruptedException {
        List<Engine> engines = new ArrayList<>();
        link.on(
                "target.resume",
                first(() -> engines.getFirst().tell(new Event.Cancelled("Ctrl-C"))));
        engines.add(cluster.monitor(watcher));

        assertThat(Run.verdict(Run.of(engines.getFirst()).end())).isEqualTo(Run.moved());
    }

    @Test
    void whatAWorkerSaysThatIsNoLongerWantedIsNotHeard() throws InterruptedException {
        CountDownLatch rollingBack = new CountDownLatch(1);
        List<Engine> engines = new ArrayList<>();
        link.on(
                        "target.pull",
                        (_, effect) -> {
                            engines.getFirst().tell(new Event.Cancelled("Ctrl-C"));
                            awaitDespiteInterrupts(rollingBack);
                            return effect.get();
                        })
                .on("source.rollBack", first(rollingBack::countDown));
        engines.add(cluster.monitor(watcher));

        assertThat(Run.verdict(Run.of(engines.getFirst()).end()))
                .isEqualTo(new Verdict.RolledBack(Run.PLAN.aborted(), "Ctrl-C"));
        assertThat(watcher.entered()).doesNotContain(Phase.PRECOPY);
    }

    @Test
    void whenAnEngineIsInterruptedNobodyWorksForItAnyMore() throws InterruptedException {
        CountDownLatch pulling = new CountDownLatch(1);
        link.on("target.pull", waits(pulling, new CountDownLatch(1)));
        Run run = Run.of(cluster.monitor(watcher));
        pulling.await();

        run.interrupt();

        assertThat(run.wasInterrupted()).isTrue();
        assertThat(cluster.story().getLast()).isEqualTo("target.pull");
        assertThat(cluster.record.journal()).isInstanceOf(State.Pulling.class);
    }

    private Verdict run() throws InterruptedException {
        return Run.verdict(Run.of(cluster.monitor(watcher)).end());
    }

    private void theTargetRuns() {
        assertThat(cluster.target.qemu()).isEqualTo(Qemu.RUNNING);
        assertThat(cluster.target.delivered()).isTrue();
        assertThat(cluster.source.qemu()).isEqualTo(Qemu.NONE);
    }

    private void theSourceRuns() {
        assertThat(cluster.source.qemu()).isEqualTo(Qemu.RUNNING);
        assertThat(cluster.target.qemu()).isNotEqualTo(Qemu.RUNNING);
    }

    private static Stream<Arguments> eachWay(String call) {
        return Stream.of(
                Arguments.of(call, "fails", fails("No")),
                Arguments.of(call, "isNotReached", isNotReached()),
                Arguments.of(call, "losesTheAnswer", losesTheAnswer()),
                Arguments.of(call, "breaks", breaks()));
    }

    private static Twist readsWhatWas() {
        return (_, effect) -> {
            var _ = effect.get();
            return new ClusterRecord.CasOutcome.Lost(Run.PLAN.before());
        };
    }

    private static Twist waits(CountDownLatch begun, CountDownLatch until) {
        return (host, effect) -> {
            begun.countDown();
            try {
                until.await();
                return effect.get();
            } catch (InterruptedException e) {
                throw new HostUnreachable("Interrupted", host, e);
            }
        };
    }

    private static void awaitDespiteInterrupts(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException _) {
                // As a library that does not care would do.
            }
        }
    }
}
