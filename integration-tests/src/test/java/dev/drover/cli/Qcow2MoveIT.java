package dev.drover.cli;

import dev.drover.ports.VmSpec;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The other format, at the rate of the long campaign ({@code drover demo --moves 20}). */
class Qcow2MoveIT {
    private static final int RATE = 2000;

    @Test
    void threeMovesOfAQcow2DiskLoseNothing() throws IOException, InterruptedException {
        try (MovingVm vm = MovingVm.boot("dqcow", VmSpec.Format.QCOW2, RATE)) {
            for (int i = 0; i < 3; i++) {
                MoveIT.assertFlawless(vm.move());
            }
        }
    }
}
