package dev.drover.protocol;

/** What an engine shall do; data, so that the protocol can be explored. */
public sealed interface Action {
    /** Do the work of {@code phase}; its end is an event. Repeating it must be harmless. */
    record Perform(Phase phase) implements Action {}

    /** Let the source's agent drive from HOLD to VOTE. */
    record HandOver() implements Action {}

    /** Change the record if it is {@code expected}; the answer is an event. */
    record CompareAndSet(Active expected, Active next) implements Action {}

    /** Put the source back to work at {@code epoch} and discard the target's allocation. */
    record RollBack(long epoch) implements Action {}
}
