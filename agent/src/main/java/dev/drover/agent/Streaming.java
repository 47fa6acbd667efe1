package dev.drover.agent;

/**
 * The header of a bulk stream between two agents.
 *
 * @param move whose stream it is
 * @param kind what travels
 */
record Streaming(String move, Kind kind) {
    /** The purpose by which links tell these streams from others. */
    static final String PURPOSE = "move";

    /** What travels on a stream, and who opens it. */
    enum Kind {
        /** The snapshot's image: NBD, opened by the target. */
        IMAGE,
        /** A differential update while the guest runs: NBD, opened by the target. */
        ROUND,
        /** The last differential update: opened early, used in the pause. */
        LAST_ROUND,
        /** The file {@code kernel}: opened by the target. */
        KERNEL,
        /** The file {@code initrd}: opened by the target. */
        INITRD,
        /** The memory image: opened by the source. */
        MEMORY,
        /** The held packets: opened by the source. */
        FRAMES
    }
}
