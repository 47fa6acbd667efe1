package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Steps 5 and 6: the source snapshots its live disk and offers it as a mountable image. */
record SnapshotPhase(SourceHost source) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        source.transfer(plan);
    }
}
