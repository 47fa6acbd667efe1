package dev.drover.monitor;

import dev.drover.api.HostLost;
import dev.drover.engine.ContentDigest;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.SourceHost;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The first host of a move, until it is declared lost: from then on it has nothing more to roll
 * back, to tell or to release, and refuses all else. So the move goes to its end without it, and
 * ends with the VM where the record says.
 */
record LosableSource(SourceHost source, String name, BooleanSupplier isLost) implements SourceHost {
    @Override
    public void transfer(MovePlan plan) {
        living().transfer(plan);
    }

    @Override
    public void sendMemory(MovePlan plan) {
        living().sendMemory(plan);
    }

    @Override
    public RoundOffer nextRound(MovePlan plan) {
        return living().nextRound(plan);
    }

    @Override
    public void endRound(MovePlan plan) {
        living().endRound(plan);
    }

    @Override
    public boolean awaitConverged(MovePlan plan, Duration atMost) {
        return living().awaitConverged(plan, atMost);
    }

    @Override
    public State.PauseEnd handOver(MovePlan plan) {
        return living().handOver(plan);
    }

    @Override
    public SourceFigures rollBack(MovePlan plan, long epoch) {
        return isLost.getAsBoolean() ? SourceFigures.NONE : source.rollBack(plan, epoch);
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return living().digest(plan);
    }

    @Override
    public SourceFigures figures(MovePlan plan) {
        return isLost.getAsBoolean() ? SourceFigures.NONE : source.figures(plan);
    }

    @Override
    public void release(MovePlan plan) {
        if (!isLost.getAsBoolean()) {
            source.release(plan);
        }
    }

    @Override
    public void awaitReachable() throws InterruptedException {
        source.awaitReachable();
    }

    private SourceHost living() {
        if (isLost.getAsBoolean()) {
            throw new HostLost(name);
        }
        return source;
    }
}
