package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state answers every event, and some answers are the same whatever the state. */
class MoveTotalityTest {
    static Stream<State> states() {
        return Stream.of(Samples.PLAN, Samples.VERIFIED).flatMap(p -> Samples.states(p).stream());
    }

    @ParameterizedTest
    @MethodSource("states")
    void everyEventIsAnswered(State state) {
        for (Event event : Samples.events(state.plan())) {
            Step step = Move.step(state, event);

            assertThat(step.next().plan()).as("%s in %s", event, state).isEqualTo(state.plan());
            assertThat(step.actions()).as("%s in %s", event, state).hasSizeLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("states")
    void aChangeAsksForSomethingOrWaitsOrIsTheEnd(State state) {
        for (Event event : Samples.events(state.plan())) {
            Step step = Move.step(state, event);
            if (!step.next().equals(state) && step.actions().isEmpty()) {
                assertThat(step.next())
                        .as("%s in %s: nobody would go on", event, state)
                        .isInstanceOfAny(
                                State.HandedOver.class, State.Paused.class, State.Ended.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("states")
    void whatIsOverStaysOver(State state) {
        if (state instanceof State.Ended || state instanceof State.Paused) {
            for (Event event : Samples.events(state.plan())) {
                assertThat(Move.step(state, event)).isEqualTo(new Step(state, List.of()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("states")
    void aStateThatIsTakenUpGoesOnOrIsOver(State state) {
        Step step = Move.step(state, new Event.Started());

        assertThat(!step.actions().isEmpty() || isOver(step.next())).as("%s", state).isTrue();
    }

    @ParameterizedTest
    @MethodSource("states")
    void onlyTheMonitorChangesTheRecord(State state) {
        for (Event event : Samples.events(state.plan())) {
            if (state.phase().driver() == Role.SOURCE && !(state instanceof State.HandedOver)) {
                assertThat(Move.step(state, event).actions())
                        .allMatch(a -> a instanceof Action.Perform);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("states")
    void everyCompareAndSetRaisesTheEpochByOne(State state) {
        for (Event event : Samples.events(state.plan())) {
            for (Action action : Move.step(state, event).actions()) {
                if (action instanceof Action.CompareAndSet(Active expected, Active next)) {
                    assertThat(next.epoch()).isEqualTo(expected.epoch() + 1);
                }
            }
        }
    }

    private static boolean isOver(State state) {
        return state instanceof State.Ended || state instanceof State.Paused;
    }
}
