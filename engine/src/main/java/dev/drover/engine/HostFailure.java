package dev.drover.engine;

/** A host answered that it could not do what it was asked; the message says why, in plain words. */
public class HostFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HostFailure(String message) {
        super(message);
    }

    public HostFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
