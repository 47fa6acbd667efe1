package dev.drover.engine;

import java.time.Duration;

/** Sets the pace at which an engine tries again what must be done. */
@FunctionalInterface
public interface Backoff {
    /** 10 ms after the first failure, twice as long after each further one, 1 s at most. */
    Backoff DOUBLING =
            failures -> {
                if (failures > 0) {
                    Thread.sleep(Duration.ofMillis(Math.min(1000, 5L << Math.min(failures, 8))));
                }
            };

    /**
     * Blocks until it may be tried again.
     *
     * @param failures how often the same was tried in vain so far; returns at once when 0
     */
    void awaitTry(int failures) throws InterruptedException;
}
