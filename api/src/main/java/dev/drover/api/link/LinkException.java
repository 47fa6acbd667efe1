package dev.drover.api.link;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call, a connection or a stream did not do what was asked. */
public abstract sealed class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private LinkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The other side answered that it could not; its message is this one's. */
    public static final class RemoteFailure extends LinkException {
        private static final long serialVersionUID = 1L;

        private final String kind;

        public RemoteFailure(String kind, String message) {
            super(message, null);
            this.kind = kind;
        }

        /** Simple name of the class of the exception that the other side's service threw. */
        public String kind() {
            return kind;
        }
    }

    /**
     * The link broke, or had been closed: whether the other side did what it was asked is not
     * known.
     */
    public static final class LinkBroken extends LinkException {
        private static final long serialVersionUID = 1L;

        public LinkBroken(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** No answer came in time. The other side was told that nobody waits for it any more. */
    public static final class LinkTimeout extends LinkException {
        private static final long serialVersionUID = 1L;

        public LinkTimeout(String what, Duration waited) {
            super(what + " did not come within " + waited.toMillis() + " ms", null);
        }
    }

    /** No connection was made, so nothing was done: the message says why, and what to do. */
    public static final class LinkRefused extends LinkException {
        private static final long serialVersionUID = 1L;

        public LinkRefused(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
