package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Fault;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Phase;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The other format, at the rate of the long campaign ({@code drover demo --moves 20}). */
class Qcow2MoveIT {
    private static final int RATE = 2000;

    @Test
    void movesOfAQcow2DiskLoseNothingAlsoWhenOneIsUndone()
            throws IOException, InterruptedException {
        try (MovingVm vm = MovingVm.boot("dqcow", VmSpec.Format.QCOW2, RATE)) {
            for (int i = 0; i < 3; i++) {
                MoveIT.assertFlawless(vm.move());
            }
            MoveReport undone = vm.move(new Fault(Phase.LAST_MEMORY, Fault.Victim.TARGET_AGENT));
            assertThat(undone.outcome()).as("%s", undone).isEqualTo("rolled-back");
            assertThat(undone.isClean()).as("%s", undone).isTrue();
            MoveIT.assertFlawless(vm.move());
        }
    }
}
