package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** The agent stops the guest itself, so that QEMU never resumes it by itself. */
record StopPhase(SourcePause source) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        source.stop(plan);
    }
}
