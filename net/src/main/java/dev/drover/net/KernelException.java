package dev.drover.net;

/** The kernel refused something; the message says what and why. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    KernelException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** The error number, as in asm-generic/errno.h. */
    public int errno() {
        return errno;
    }
}
