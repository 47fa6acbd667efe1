package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Step 11: the rest of the memory image. */
record LastMemoryPhase(SourcePause source) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        source.lastMemory(plan);
    }
}
