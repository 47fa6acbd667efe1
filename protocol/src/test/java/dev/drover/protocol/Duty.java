package dev.drover.protocol;

/**
 * What the protocol takes for granted of those who perform it. {@link DutyTest} drops one after the
 * other and sees the exploration fail.
 */
enum Duty {
    /** A hand-over for an epoch that the source no longer runs by is refused. */
    SOURCE_REFUSES_OLD_HAND_OVER,
    /** A source that has stopped its guest, or voted, does not resume it by itself. */
    SOURCE_WAITS_FOR_ROLL_BACK,
    /** A roll back ends the source's own engine, and its worker, before the guest is resumed. */
    ROLL_BACK_ENDS_THE_PAUSE,
    /** A source whose guest died in a move leaves it dead until it is rolled back. */
    SOURCE_BOOTS_ONLY_WHEN_ROLLED_BACK,
    /** A vote is in the journal before it is told. */
    VOTE_IS_JOURNALED,
    /** That {@code cont} will be sent is in the target's journal before it is sent. */
    RESUME_IS_JOURNALED,
    /** A target that showed once that it never ran the guest refuses to run it ever after. */
    TARGET_KEEPS_ITS_WORD,
    /** It gives the same answer as often as it is asked, also when its allocation is gone. */
    NEVER_RAN_IS_REPEATED,
    /** What was discarded is not instantiated once more by a late message. */
    TARGET_REMEMBERS_DISCARD,
    /**
     * A target that has an allocation left asks for the record, and discards when that is beyond
     * the move's epoch and names another host. The record, since the journal of a move can be
     * behind.
     */
    TARGET_ASKS_WHAT_BECAME,
    /** Work that was done before answers that it is done, also when its object is gone. */
    REPEATED_WORK_IS_DONE,
    /** A guest that has died where the record wants it is booted there. */
    ACTIVE_HOST_BOOTS_THE_DEAD
}
