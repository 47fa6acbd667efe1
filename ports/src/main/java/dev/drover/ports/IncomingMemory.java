package dev.drover.ports;

import java.time.Duration;

/** A memory image on its way into a prepared guest. Thread-safe. */
public interface IncomingMemory {
    /**
     * Blocks until everything is loaded; the guest is {@link Guest.State#PAUSED} then, and has
     * never run.
     *
     * @throws HypervisorException when the stream breaks or the time is over
     */
    void awaitLoaded(Duration atMost);
}
