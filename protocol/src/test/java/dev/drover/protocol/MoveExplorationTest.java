package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every world that a move can get into, whatever crashes, is lost, late or told twice: {@link
 * World} is what there is, {@link Worlds} what can happen, {@link Laws} what must always hold,
 * {@link Duty} what the agents promise.
 */
class MoveExplorationTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EVERYTHING")
    void whatMustAlwaysHoldHoldsInEveryWorld(Faults faults) {
        explore(faults, Samples.VERIFIED);
    }

    @Test
    void aMoveThatIsNotVerifiedIsNoDifferent() {
        explore(Faults.TWO_LEADERS, Samples.PLAN);
    }

    /** A million and a half worlds, some minutes, 2 GB. */
    @Test
    @Tag("campaign")
    void evenTwoLeadersThatWriteTheSameJournalDoNoHarm() {
        explore(Faults.EVERYTHING, Samples.VERIFIED);
    }

    private static void explore(Faults faults, MovePlan plan) {
        Exploration.Finding found =
                Exploration.of(plan, Move::step, EnumSet.allOf(Duty.class), faults);

        assertThat(found.defect()).isNull();
        assertThat(found.worlds()).as("worlds, by %s", faults).isGreaterThan(5_000);
    }
}
