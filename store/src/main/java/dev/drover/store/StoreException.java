package dev.drover.store;

import org.jspecify.annotations.Nullable;

/** The store did not do what was asked. */
public abstract sealed class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * No answer from a quorum: a read gave nothing, and whether a write took effect, or will, is
     * not known.
     */
    public static final class Unavailable extends StoreException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }

        Unavailable(String message) {
            super(message, null);
        }
    }

    /** Another leads, or has led, since: nothing was written, and never will be under this term. */
    public static final class Deposed extends StoreException {
        private static final long serialVersionUID = 1L;

        Deposed(long term) {
            super(
                    "This monitor no longer leads: its term "
                            + term
                            + " is over; nothing was changed",
                    null);
        }
    }

    /** There is no such thing; nothing was written. */
    public static final class NotFound extends StoreException {
        private static final long serialVersionUID = 1L;

        NotFound(String what) {
            super("There is no " + what, null);
        }
    }

    /** There is such a thing already; nothing was written. */
    public static final class Exists extends StoreException {
        private static final long serialVersionUID = 1L;

        Exists(String what) {
            super("There is a " + what + " already", null);
        }
    }

    /** What is stored makes no sense, or the server of this process did not start. */
    public static final class Broken extends StoreException {
        private static final long serialVersionUID = 1L;

        Broken(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
