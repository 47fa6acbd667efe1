package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** Step 13: traffic is directed to the second host, beginning with the buffered packets. */
record DeliverPhase(TargetHost target) implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        target.deliver(plan);
    }
}
