package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** The source is fenced and says so durably; the target's vote goes to the monitor by itself. */
record VotePhase(SourcePause source) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        source.vote(plan);
    }
}
