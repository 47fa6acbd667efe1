package dev.drover.api;

import dev.drover.engine.RoundOffer;

/** To the second host of a move: the methods of {@link dev.drover.engine.TargetHost}, in order. */
public sealed interface TargetMessage extends HostMessage {
    /** Whose move. */
    MoveOrder order();

    /** The claim's <em>instantiate</em> message. */
    record Instantiate(MoveOrder order) implements TargetMessage {}

    record Pull(MoveOrder order) implements TargetMessage {}

    record PullRound(MoveOrder order, RoundOffer offer) implements TargetMessage {}

    record PullLastRound(MoveOrder order, RoundOffer offer) implements TargetMessage {}

    record Vote(MoveOrder order) implements TargetMessage {}

    record Resume(MoveOrder order) implements TargetMessage {}

    record Deliver(MoveOrder order) implements TargetMessage {}

    record DigestTarget(MoveOrder order) implements TargetMessage {}

    record AskTargetFigures(MoveOrder order) implements TargetMessage {}

    record Settle(MoveOrder order) implements TargetMessage {}

    record Discard(MoveOrder order) implements TargetMessage {}
}
