package dev.drover.api;

import dev.drover.engine.ContentDigest;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.SourceHost;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import java.time.Duration;

/** The first host of one move, across the network. */
public final class RemoteSource extends RemoteHost implements SourceHost {
    private final MoveOrder order;

    /** The source of {@code order}, reached by {@code link}. */
    public RemoteSource(HostLink link, MoveOrder order) {
        super(link, order.plan().source());
        this.order = order;
    }

    @Override
    public void transfer(MovePlan plan) {
        tell(new SourceMessage.Transfer(order));
    }

    @Override
    public void sendMemory(MovePlan plan) {
        tell(new SourceMessage.SendMemory(order));
    }

    @Override
    public RoundOffer nextRound(MovePlan plan) {
        return ask(new SourceMessage.NextRound(order), RoundOffer.class);
    }

    @Override
    public void endRound(MovePlan plan) {
        tell(new SourceMessage.EndRound(order));
    }

    @Override
    public boolean awaitConverged(MovePlan plan, Duration atMost) {
        return ask(new SourceMessage.AwaitConverged(order, atMost.toMillis()), Boolean.class);
    }

    @Override
    public State.PauseEnd handOver(MovePlan plan) {
        return ask(new SourceMessage.HandOver(order), State.PauseEnd.class);
    }

    @Override
    public SourceFigures rollBack(MovePlan plan, long epoch) {
        return ask(new SourceMessage.RollBack(order, epoch), SourceFigures.class);
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return ask(new SourceMessage.DigestSource(order), ContentDigest.class);
    }

    @Override
    public SourceFigures figures(MovePlan plan) {
        return ask(new SourceMessage.AskSourceFigures(order), SourceFigures.class);
    }

    @Override
    public void release(MovePlan plan) {
        tell(new SourceMessage.Release(order));
    }
}
