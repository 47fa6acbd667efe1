package dev.drover.monitor.rest;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * With one who watches: how long a write to him may take. One that takes longer is interrupted,
 * which closes his connection.
 */
final class Patience implements AutoCloseable {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
    private static final Duration USUAL = Duration.ofSeconds(30);

    private final Duration keepAlive;
    private final Duration atMost;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name("patience").factory());

    /** A write. */
    interface Write {
        void perform() throws IOException;
    }

    Patience(Duration keepAlive, Duration atMost) {
        this.keepAlive = keepAlive;
        this.atMost = atMost;
        timer.setRemoveOnCancelPolicy(true);
    }

    static Patience usual() {
        return new Patience(KEEP_ALIVE, USUAL);
    }

    /** How long nothing at all is written, at most. */
    Duration keepAlive() {
        return keepAlive;
    }

    void with(Write write) throws IOException {
        Thread writer = Thread.currentThread();
        Future<?> end = timer.schedule(writer::interrupt, atMost.toNanos(), TimeUnit.NANOSECONDS);
        try {
            write.perform();
        } finally {
            end.cancel(false);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
