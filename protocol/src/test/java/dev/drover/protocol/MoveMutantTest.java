package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Canaries: an exploration that lets one of these mistakes pass proves nothing. */
@Tag("slow")
class MoveMutantTest {
    @ParameterizedTest
    @EnumSource
    void aMistakeInTheProtocolIsFoundOut(MoveMutant mutant) {
        assertThat(
                        Stream.of(Faults.ONE_LEADER, Faults.TWO_LEADERS, Faults.TWO_WRITING_LEADERS)
                                .map(faults -> explore(mutant, faults))
                                .anyMatch(found -> found.defect() != null))
                .as("%s is found out", mutant)
                .isTrue();
    }

    private static Exploration.Finding explore(MoveMutant mutant, Faults faults) {
        return Exploration.of(Samples.PLAN, mutant, EnumSet.allOf(Duty.class), faults);
    }
}
