package dev.drover.protocol;

/** What a worker of the monitor's engine asks for; all but the last travel as a message. */
sealed interface Ask {
    /** Do the work of a phase. */
    record Work(Phase phase) implements Ask {}

    /** Drive the pause; answered when that is over. */
    record HandOver() implements Ask {}

    /** Vote, as soon as everything is there. */
    record Vote() implements Ask {}

    /** Put the source back to work. */
    record RollBack(long epoch) implements Ask {}

    /** Remove the target's allocation. */
    record Discard() implements Ask {}

    /** Change the record, and in the same transaction the monitor's journal. */
    record Cas(Active expected, Active next, State ifWon) implements Ask {
        /** Quick; see {@link World#hashCode}. */
        @Override
        public int hashCode() {
            return next.host().hashCode() + (int) next.epoch();
        }
    }

    /** Whether an agent that receives it late, or once more, could be led astray by it at all. */
    default boolean canArriveLate() {
        return switch (this) {
            case Work(Phase p) ->
                    p == Phase.INSTANTIATE
                            || p == Phase.RESUME
                            || p == Phase.DELIVER
                            || p == Phase.RELEASE;
            case HandOver _, Vote _, RollBack _, Discard _ -> true;
            case Cas _ -> false;
        };
    }
}
