package dev.drover.block;

import java.io.IOException;

/** A volume could not be made, synced, measured or removed. */
public final class VolumeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String why;
    private final String remedy;

    VolumeException(String what, String why, String remedy) {
        super(what + ": " + why + ". " + remedy);
        this.what = what;
        this.why = why;
        this.remedy = remedy;
    }

    VolumeException(String what, String why, String remedy, Throwable cause) {
        this(what, why, remedy);
        initCause(cause);
    }

    /** What happened: "Cannot create volume ...". */
    public String what() {
        return what;
    }

    /** Why, in plain words. */
    public String why() {
        return why;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }
}
