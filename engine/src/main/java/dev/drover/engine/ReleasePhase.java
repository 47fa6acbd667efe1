package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import java.util.function.BiConsumer;

/** The figures are collected, then the source's allocation is released. */
record ReleasePhase(
        SourceHost source, TargetHost target, BiConsumer<SourceFigures, TargetFigures> figures)
        implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        figures.accept(source.figures(plan), target.figures(plan));
        source.release(plan);
        target.settle(plan);
    }
}
