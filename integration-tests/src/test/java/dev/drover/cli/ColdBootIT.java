package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Fault;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Phase;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guest whose own QEMU dies in a move is booted from its disk, and the report says so. */
class ColdBootIT {
    @ParameterizedTest
    @EnumSource(
            value = Fault.Victim.class,
            names = {"SOURCE_QEMU", "SOURCE_HOST"})
    void whenTheSourcesQemuDiesTheGuestIsBootedAnewThere(Fault.Victim victim)
            throws IOException, InterruptedException {
        try (MovingVm vm = MovingVm.boot("dcold", VmSpec.Format.RAW)) {
            MoveReport report = vm.move(new Fault(Phase.PRECOPY, victim));
            assertThat(report.outcome()).as("%s", report).isEqualTo("rolled-back");
            assertThat(report.active().host()).isEqualTo(report.source());
            assertThat(report.coldBoot()).isTrue();
            assertThat(report.isFlawless()).isFalse();
            assertThat(report.guest().badBlocks()).isZero();
        }
    }
}
