package dev.drover.protocol;

/** A part in a move. */
public enum Role {
    /** The cluster monitor that leads. */
    MONITOR,
    /** The agent of the first host. */
    SOURCE,
    /** The agent of the second host. */
    TARGET
}
