package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/**
 * The record was won for the source: the guest runs on there first, then the target's allocation
 * goes. The source need not wait for the target, which may not run the guest in any case.
 */
record RollBackWork(SourceHost source, TargetHost target) {
    void perform(MovePlan plan, long epoch) {
        source.rollBack(plan, epoch);
        try {
            target.discard(plan);
        } catch (HostUnreachable _) {
            // It is told when it is back and says what it has.
        }
    }
}
