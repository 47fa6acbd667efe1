package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Steps 3 and 4 of the claim: the target allocates by the source's configuration. */
record InstantiatePhase(TargetHost target) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        target.instantiate(plan);
    }
}
