package dev.drover.lab.client;

import java.util.Locale;

/** How busy the guest keeps its disk and memory. */
public enum Load {
    /** Nothing is written. */
    IDLE,
    /** 5 MB/s of random disk blocks, 20 MB/s of random memory pages. */
    LIGHT,
    /** Three times {@link #LIGHT}. */
    HEAVY;

    /** The name on the command line and on the wire. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
