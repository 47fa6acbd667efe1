package dev.drover.api;

import dev.drover.engine.ContentDigest;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.TargetFigures;
import dev.drover.engine.TargetHost;
import dev.drover.protocol.MovePlan;

/** The second host of one move, across the network. */
public final class RemoteTarget extends RemoteHost implements TargetHost {
    private final MoveOrder order;

    /** The target of {@code order}, reached by {@code link}. */
    public RemoteTarget(HostLink link, MoveOrder order) {
        super(link, order.plan().target());
        this.order = order;
    }

    @Override
    public void instantiate(MovePlan plan) {
        tell(new TargetMessage.Instantiate(order));
    }

    @Override
    public void pull(MovePlan plan) {
        tell(new TargetMessage.Pull(order));
    }

    @Override
    public void pullRound(MovePlan plan, RoundOffer offer) {
        tell(new TargetMessage.PullRound(order, offer));
    }

    @Override
    public void pullLastRound(MovePlan plan, RoundOffer offer) {
        tell(new TargetMessage.PullLastRound(order, offer));
    }

    @Override
    public void vote(MovePlan plan) {
        tell(new TargetMessage.Vote(order));
    }

    @Override
    public void resume(MovePlan plan) {
        tell(new TargetMessage.Resume(order));
    }

    @Override
    public void deliver(MovePlan plan) {
        tell(new TargetMessage.Deliver(order));
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return ask(new TargetMessage.DigestTarget(order), ContentDigest.class);
    }

    @Override
    public TargetFigures figures(MovePlan plan) {
        return ask(new TargetMessage.AskTargetFigures(order), TargetFigures.class);
    }

    @Override
    public void settle(MovePlan plan) {
        tell(new TargetMessage.Settle(order));
    }

    @Override
    public void discard(MovePlan plan) {
        tell(new TargetMessage.Discard(order));
    }
}
