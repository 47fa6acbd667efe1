package dev.drover.engine;

import static dev.drover.engine.ScriptedLink.breaks;
import static dev.drover.engine.ScriptedLink.fails;
import static dev.drover.engine.ScriptedLink.isNotReached;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.engine.FakeCluster.Qemu;
import dev.drover.protocol.Event;
import dev.drover.protocol.Move;
import dev.drover.protocol.Phase;
import dev.drover.protocol.Role;
import dev.drover.protocol.State;
import dev.drover.protocol.State.PauseEnd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The source's engine, which drives the pause. */
class PauseEngineTest {
    private final FakeCluster cluster = new FakeCluster(Run.PLAN);
    private final ScriptedLink link = new ScriptedLink();
    private final Watcher watcher = new Watcher();
    private final List<State> journal = new ArrayList<>();

    @BeforeEach
    void theTargetIsPrepared() {
        cluster.link(link);
        cluster.target.instantiate(Run.PLAN);
    }

    static Stream<Phase> phases() {
        return Arrays.stream(Phase.values()).filter(p -> p.driver() == Role.SOURCE);
    }

    static Stream<Phase> phasesAfterHold() {
        return phases().skip(1);
    }

    @Test
    void theSourceDrivesFromHoldToVote() throws InterruptedException {
        assertThat(run(Move.beginPause(Run.PLAN))).isEqualTo(new PauseEnd.Voted());

        assertThat(watcher.entered()).containsExactlyElementsOf(phases().toList());
        assertThat(cluster.source.qemu()).isEqualTo(Qemu.FROZEN);
        assertThat(cluster.target.qemu()).isEqualTo(Qemu.LOADED);
    }

    /**
     * A restart gives up from STOP on, whichever phase it was: the guest need not wait for more.
     */
    @Test
    void onlyWhatARestartNeedsIsPersisted() throws InterruptedException {
        var _ = run(Move.beginPause(Run.PLAN));

        assertThat(journal)
                .containsExactly(
                        new State.Pausing(Run.PLAN, Phase.HOLD),
                        new State.Pausing(Run.PLAN, Phase.DRAIN),
                        new State.Pausing(Run.PLAN, Phase.STOP),
                        new State.Paused(Run.PLAN, new PauseEnd.Voted()));
    }

    @ParameterizedTest
    @MethodSource("phases")
    void aFailureEndsThePauseThere(Phase phase) throws InterruptedException {
        link.on(call(phase), fails("No room"));

        assertThat(run(Move.beginPause(Run.PLAN))).isEqualTo(new PauseEnd.GaveUp(phase, "No room"));
    }

    @ParameterizedTest
    @MethodSource("phases")
    void aHostThatDoesNotAnswerIsNotWaitedFor(Phase phase) throws InterruptedException {
        link.on(call(phase), isNotReached());

        assertThat(run(Move.beginPause(Run.PLAN)))
                .isEqualTo(new PauseEnd.GaveUp(phase, "No answer"));
        assertThat(cluster.story()).doesNotContain("source is awaited", "target is awaited");
    }

    @ParameterizedTest
    @MethodSource("phasesAfterHold")
    void afterARestartItGivesUp(Phase phase) throws InterruptedException {
        assertThat(run(new State.Pausing(Run.PLAN, phase)))
                .isInstanceOfSatisfying(
                        PauseEnd.GaveUp.class, end -> assertThat(end.in()).isEqualTo(phase));

        assertThat(cluster.story()).containsExactly("target.instantiate");
    }

    @Test
    void aPauseThatIsOverStaysSo() throws InterruptedException {
        assertThat(run(new State.Paused(Run.PLAN, new PauseEnd.Voted())))
                .isEqualTo(new PauseEnd.Voted());
        assertThat(journal).isEmpty();
    }

    /** What a worker still did after that would be done to a guest that was put back to work. */
    @ParameterizedTest
    @MethodSource("phases")
    void whenACancelledPauseIsOverNobodyWorksAnyMore(Phase phase) throws InterruptedException {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        List<String> after = new ArrayList<>();
        link.on(
                call(phase),
                (_, effect) -> {
                    working.countDown();
                    awaitDespiteInterrupts(cancelled);
                    after.add("worked");
                    return effect.get();
                });
        Run run = Run.of(engine(Move.beginPause(Run.PLAN)));
        working.await();
        run.engine().tell(new Event.Cancelled("Ctrl-C"));
        while (!(run.engine().state() instanceof State.Paused)) {
            Thread.onSpinWait();
        }
        assertThat(run.awaitIdle()).as("it waits for its worker").isFalse();
        cancelled.countDown();

        assertThat(run.end())
                .isEqualTo(new State.Paused(Run.PLAN, new PauseEnd.GaveUp(phase, "Ctrl-C")));
        assertThat(after).containsExactly("worked");
    }

    @ParameterizedTest
    @MethodSource("phases")
    void withoutAJournalItGivesUp(Phase phase) throws InterruptedException {
        boolean kept = phase.compareTo(Phase.STOP) <= 0 || phase == Phase.VOTE;
        link.on("persist " + phase, breaks());

        PauseEnd end = run(Move.beginPause(Run.PLAN));

        assertThat(end).isInstanceOf(kept ? PauseEnd.GaveUp.class : PauseEnd.Voted.class);
    }

    private PauseEnd run(State from) throws InterruptedException {
        return Run.of(engine(from)).end() instanceof State.Paused(var _, PauseEnd end)
                ? end
                : new PauseEnd.GaveUp(Phase.HOLD, "It did not end");
    }

    private Engine engine(State from) {
        return new Engine(
                from,
                Works.ofSource(cluster.source, cluster.target),
                new Engine.Driver.PauseDriver(this::persist),
                watcher);
    }

    private void persist(State state) {
        link.call("persist " + state.phase(), cluster.source, () -> journal.add(state));
    }

    /** The call that a phase makes first: {@code LAST_ROUND} is {@code source.lastRound}. */
    private static String call(Phase phase) {
        StringBuilder name = new StringBuilder("source.");
        for (String word : phase.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            boolean first = name.charAt(name.length() - 1) == '.';
            name.append(first ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
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
