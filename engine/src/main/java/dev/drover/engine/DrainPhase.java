package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Step 10, before the stop: a stopped QEMU would lose what is still in its tap. */
record DrainPhase(SourcePause source) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        source.drain(plan);
    }
}
