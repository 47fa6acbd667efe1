package dev.drover.api;

/** How a VM rests that does not run. */
public enum Rest {
    /** It was shut down, or its power cut: it will boot from its disk. */
    STOPPED,
    /** Its memory is on its host's disk: it will go on where it was. */
    ASLEEP
}
