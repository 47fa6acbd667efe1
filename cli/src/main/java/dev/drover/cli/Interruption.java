package dev.drover.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, as a wish: whoever works sees it, puts things in order, and only then does the process
 * end.
 */
final class Interruption {
    /** Undoing a move and removing a lab takes seconds; after that the next run cleans up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean requested;

    /** True once the person wants an end. */
    boolean requested() {
        return requested;
    }

    /**
     * From now on an end of the process waits until the result is closed.
     *
     * @param told runs at once when the person wants an end, on a thread of its own
     */
    Watch watch(Runnable told) {
        Thread hook = new Thread(() -> interrupted(told), "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> finish(hook);
    }

    /** Until it is closed. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    private void interrupted(Runnable told) {
        requested = true;
        told.run();
        try {
            done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish(Thread hook) {
        if (!requested) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        done.countDown();
    }
}
