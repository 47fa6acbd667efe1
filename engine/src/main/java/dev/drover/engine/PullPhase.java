package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Steps 7 and 8: the target mounts the image and transfers it into its container. */
record PullPhase(TargetHost target) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        target.pull(plan);
    }
}
