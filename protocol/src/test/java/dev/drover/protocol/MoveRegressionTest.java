package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What was wrong once, as small as it can be told. */
class MoveRegressionTest {
    private static final MovePlan PLAN = Samples.PLAN;

    /** States in which there is no other way than on, and what they ask for. */
    static Stream<Arguments> onlyOn() {
        return Stream.of(
                Arguments.of(
                        new State.Committing(PLAN),
                        new Action.CompareAndSet(PLAN.before(), PLAN.committed())),
                Arguments.of(
                        new State.Aborting(PLAN, "why"),
                        new Action.CompareAndSet(PLAN.before(), PLAN.aborted())),
                Arguments.of(
                        new State.VotingBack(PLAN, "why"),
                        new Action.CompareAndSet(PLAN.committed(), PLAN.votedBack())),
                Arguments.of(new State.Resuming(PLAN), new Action.Perform(Phase.RESUME)),
                Arguments.of(new State.Delivering(PLAN), new Action.Perform(Phase.DELIVER)),
                Arguments.of(new State.Verifying(PLAN), new Action.Perform(Phase.VERIFY)),
                Arguments.of(new State.Releasing(PLAN), new Action.Perform(Phase.RELEASE)),
                Arguments.of(new State.RollingBack(PLAN, 6, "why"), new Action.RollBack(6)));
    }

    @ParameterizedTest
    @MethodSource("onlyOn")
    void aFailureWhereThereIsNoWayBackIsAskedForAgain(State state, Action action) {
        assertThat(Move.step(state, new Event.Failed(state.phase(), "The disk was full")))
                .isEqualTo(new Step(state, List.of(action)));
    }

    @ParameterizedTest
    @MethodSource("onlyOn")
    void aFailureOfAnEarlierPhaseChangesNothing(State state, Action action) {
        assertThat(Move.step(state, new Event.Failed(Phase.HOLD, "late")))
                .isEqualTo(new Step(state, List.of()));
    }

    static Stream<Arguments> oldReadings() {
        return onlyOn().filter(a -> a.get()[1] instanceof Action.CompareAndSet)
                .flatMap(a -> {
                    var cas = (Action.CompareAndSet) a.get()[1];
                    return Stream.of(
                                    cas.expected(),
                                    PLAN.before(),
                                    new Active("h9", PLAN.epoch() - 1))
                            .map(now -> Arguments.of(a.get()[0], now, cas));
                });
    }

    @ParameterizedTest
    @MethodSource("oldReadings")
    void anOldReadingOfTheRecordProvesNothing(State state, Active old, Action cas) {
        assertThat(Move.step(state, new Event.Lost(old))).isEqualTo(new Step(state, List.of(cas)));
    }

    static Stream<State> claims() {
        return Stream.of(
                new State.Committing(PLAN),
                new State.Aborting(PLAN, "why"),
                new State.VotingBack(PLAN, "why"));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void aRecordThatWasGivenBackIsRolledBackTo(State state) {
        long epoch = PLAN.votedBack().epoch();

        Step step = Move.step(state, new Event.Lost(PLAN.votedBack()));

        assertThat(step.next()).isInstanceOf(State.RollingBack.class);
        assertThat(step.actions()).containsExactly(new Action.RollBack(epoch));
    }
}
