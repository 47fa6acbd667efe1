package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Step 13, first half: the guest runs on the target. */
record ResumePhase(TargetHost target) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        target.resume(plan);
    }
}
