package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import java.util.function.BiConsumer;

/**
 * The record was won for the source: the guest runs on there first, then the target's allocation
 * goes. The source need not wait for the target, which may not run the guest in any case.
 */
record RollBackWork(
        SourceHost source, TargetHost target, BiConsumer<SourceFigures, TargetFigures> figures) {
    void perform(MovePlan plan, long epoch) {
        SourceFigures there = source.rollBack(plan, epoch);
        try {
            figures.accept(there, target.figures(plan));
            target.discard(plan);
        } catch (HostUnreachable _) {
            // It is told when it is back and says what it has.
            figures.accept(there, TargetFigures.NONE);
        }
    }
}
