package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Fault;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Phase;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A guest whose own QEMU dies in a move is booted from its disk, and the report says so. */
class ColdBootIT {
    @Test
    void whenTheSourcesQemuDiesTheGuestIsBootedAnewThere()
            throws IOException, InterruptedException {
        try (MovingVm vm = MovingVm.boot("dcold", VmSpec.Format.RAW)) {
            MoveReport report = vm.move(new Fault(Phase.PRECOPY, Fault.Victim.SOURCE_QEMU));
            assertThat(report.outcome()).as("%s", report).isEqualTo("rolled-back");
            assertThat(report.active().host()).isEqualTo(report.source());
            assertThat(report.coldBoot()).isTrue();
            assertThat(report.isFlawless()).isFalse();
            assertThat(report.guest().badBlocks()).isZero();
        }
    }
}
