package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each duty is needed: the right protocol goes wrong without it. */
class DutyTest {
    @ParameterizedTest
    @EnumSource
    void withoutThisDutyTheMoveGoesWrong(Duty duty) {
        EnumSet<Duty> duties = EnumSet.complementOf(EnumSet.of(duty));

        Exploration.Finding found =
                Exploration.of(Samples.PLAN, Move::step, duties, Faults.ONE_LEADER);

        assertThat(found.defect()).as("%s is not needed", duty).isNotNull();
    }
}
