package dev.drover.agent;

import dev.drover.api.MoveOrder;

/**
 * The header of a bulk stream between two agents.
 *
 * @param move whose stream it is
 * @param vm the VM that moves
 * @param kind what travels
 */
record Streaming(String move, String vm, Kind kind) {
    /** The purpose by which links tell these streams from others. */
    static final String PURPOSE = "move";

    static Streaming of(MoveOrder order, Kind kind) {
        return new Streaming(order.plan().id(), order.plan().vm(), kind);
    }

    /** What travels on a stream, and who opens it. */
    enum Kind {
        /** The snapshot's image: NBD, opened by the target. */
        IMAGE,
        /** A differential update: NBD, opened by the target before the round begins. */
        ROUND,
        /** The file {@code kernel}: opened by the target. */
        KERNEL,
        /** The file {@code initrd}: opened by the target. */
        INITRD,
        /** The memory that a VM sleeps on: opened by the target. */
        SAVED_MEMORY,
        /** The memory image: opened by the source. */
        MEMORY,
        /** The held packets: opened by the source. */
        FRAMES
    }
}
