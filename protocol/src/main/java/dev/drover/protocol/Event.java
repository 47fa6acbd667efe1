package dev.drover.protocol;

/**
 * What a move can be told. An event that does not fit the state is no error; it changes nothing.
 */
public sealed interface Event {
    /** An engine has taken the state up: for the first time, or after a crash. */
    record Started() implements Event {}

    /** The work of a phase is done. */
    record Done(Phase phase) implements Event {}

    /**
     * The work of a phase failed and nobody works on it any more. In the phases that are repeated
     * until they are done (see {@link Move}) it is asked for again.
     */
    record Failed(Phase phase, String why) implements Event {}

    /** A side voted for the commit, durably. */
    record Voted(Role by) implements Event {
        public Voted {
            if (by == Role.MONITOR) {
                throw new IllegalArgumentException("The monitor has no vote");
            }
        }
    }

    /** Somebody wants the move undone. */
    record Cancelled(String why) implements Event {}

    /** The compare-and-set was won: the record is {@code now}. */
    record Won(Active now) implements Event {}

    /**
     * The compare-and-set was not won by this sending of it. An earlier sending may have been: the
     * record was read as {@code now}, and that reading may be old.
     */
    record Lost(Active now) implements Event {}

    /** Whether the compare-and-set was won is not known. */
    record OutcomeUnknown(String why) implements Event {}

    /**
     * The target cannot resume, and has shown that no {@code cont} was ever sent to its QEMU, which
     * is dead now.
     */
    record NeverRan(String why) implements Event {}
}
