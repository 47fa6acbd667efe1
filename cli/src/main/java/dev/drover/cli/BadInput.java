package dev.drover.cli;

/** What the user asked for cannot be; nothing was changed. Exit status 2. */
public final class BadInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, and what to do. */
    public BadInput(String message) {
        super(message);
    }
}
