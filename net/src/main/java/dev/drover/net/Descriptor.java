package dev.drover.net;

import java.nio.ByteBuffer;

/**
 * An open file descriptor with one owner. Thread-safe: no call reaches a number that was closed and
 * given to something else meanwhile.
 */
final class Descriptor implements AutoCloseable {
    private final Kernel kernel;
    private final String what;
    private final int fd;
    private boolean closed;

    Descriptor(Kernel kernel, int fd, String what) {
        this.kernel = kernel;
        this.fd = fd;
        this.what = what;
    }

    /** The number, for calls that only the owner makes. */
    synchronized int number() {
        if (closed) {
            throw new IllegalStateException("The " + what + " is closed");
        }
        return fd;
    }

    /** The bytes read, or the negated errno. */
    synchronized int read(ByteBuffer into) {
        return kernel.read(number(), into);
    }

    /** The bytes written, or the negated errno. */
    synchronized int write(ByteBuffer from) {
        return kernel.write(number(), from);
    }

    /** Whether there is something to read now. */
    synchronized boolean readable() {
        return kernel.poll(0, number()) == 1;
    }

    /** Waits for something to read. Only for the owner, who does not close meanwhile. */
    boolean awaitReadable(int millis) {
        return kernel.poll(millis, number()) == 1;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            kernel.close(fd);
        }
    }
}
