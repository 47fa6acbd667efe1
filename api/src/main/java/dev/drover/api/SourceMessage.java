package dev.drover.api;

/** To the first host of a move: the methods of {@link dev.drover.engine.SourceHost}, in order. */
public sealed interface SourceMessage extends HostMessage {
    /** Whose move. */
    MoveOrder order();

    /** The claim's <em>transfer</em> message. */
    record Transfer(MoveOrder order) implements SourceMessage {}

    record SendMemory(MoveOrder order) implements SourceMessage {}

    record NextRound(MoveOrder order) implements SourceMessage {}

    record EndRound(MoveOrder order) implements SourceMessage {}

    record AwaitConverged(MoveOrder order, long atMostMs) implements SourceMessage {}

    record HandOver(MoveOrder order) implements SourceMessage {}

    record RollBack(MoveOrder order, long epoch) implements SourceMessage {}

    record DigestSource(MoveOrder order) implements SourceMessage {}

    record AskSourceFigures(MoveOrder order) implements SourceMessage {}

    record Release(MoveOrder order) implements SourceMessage {}
}
