package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Step 10: packets intended for the VM are buffered on the first host. */
record HoldPhase(SourcePause source) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        source.hold(plan);
    }
}
