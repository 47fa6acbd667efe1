package dev.drover.cli.user;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** Closes what has been silent for too long, so that whoever reads from it waits no more. */
final class Silence implements AutoCloseable {
    private final Thread watch;
    private volatile long brokenNanos = System.nanoTime();

    private Silence(Closeable stream, Duration atMost) {
        this.watch = Thread.ofVirtual().unstarted(() -> watch(stream, atMost));
    }

    /** Closes {@code stream} after so long a silence, unless it is closed itself before. */
    static Silence closing(Closeable stream, Duration atMost) {
        Silence silence = new Silence(stream, atMost);
        silence.watch.start();
        return silence;
    }

    /** Something was heard. */
    void isBroken() {
        brokenNanos = System.nanoTime();
    }

    private void watch(Closeable stream, Duration atMost) {
        try {
            long left = atMost.toNanos();
            while (left > 0) {
                Thread.sleep(Duration.ofNanos(left));
                left = brokenNanos + atMost.toNanos() - System.nanoTime();
            }
            stream.close();
        } catch (InterruptedException | IOException _) {
            // Nobody waits any more.
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
