package dev.drover.engine;

/** A host did not answer; what it did is not known. */
public class HostUnreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reachable host;

    public HostUnreachable(String message, Reachable host, Throwable cause) {
        super(message, cause);
        this.host = host;
    }

    /** The host in question. */
    public Reachable host() {
        return host;
    }
}
