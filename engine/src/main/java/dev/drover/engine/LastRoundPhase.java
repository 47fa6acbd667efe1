package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Step 9, ended: the last differential update, the memory flowing beside it. */
record LastRoundPhase(SourcePause source, TargetHost target) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        target.pullLastRound(plan, source.lastRound(plan));
    }
}
