package dev.drover.ports;

import java.time.Duration;

/**
 * A memory image on its way out of a running guest. Thread-safe.
 *
 * <p>The hypervisor is held off its own last stage, so that the guest is never stopped by anyone
 * but {@link Guest#stop}. Order of calls: {@link #awaitConverged}, {@link #hold}, {@code
 * Guest.stop}, {@link #release}, {@link #complete}; {@link #cancel} at any time. Failure of the
 * stream shows as a {@link HypervisorException} from the call that waits.
 */
public interface OutgoingMemory {
    /**
     * Blocks until what is left is small enough for the pause, or will not get smaller, or the time
     * is over. While it is small the rounds go on, so that it stays so until {@link #hold}.
     */
    void awaitConverged(Duration atMost);

    /**
     * Holds the stream in the middle of a round, wherever it is: on return the hypervisor can
     * neither end the round nor stop the guest until {@link #release}. Takes a small round's time;
     * the guest runs on.
     */
    void hold();

    /** Lets the rest flow. Only after {@link Guest#stop}. */
    void release();

    /**
     * Blocks until all pages are sent but those of the hypervisor's last stage, which waits for
     * {@link #complete}: till then the disk may still be read.
     */
    void awaitLastStage(Duration atMost);

    /**
     * Runs the last stage and blocks until the target has acknowledged: guest {@link
     * Guest.State#SENT}.
     */
    void complete(Duration atMost);

    /** Gives up. The guest is not resumed by this, nor stopped. Idempotent; never throws. */
    void cancel();

    /** How it travels: {@link MemoryMode#SINGLE_PASS} also where pre-copy had been asked for. */
    MemoryMode mode();

    /** How far it is. Callable at any time, also afterwards. */
    Progress progress();

    /**
     * How far a memory image is.
     *
     * @param totalBytes size of the guest's memory
     * @param remainingBytes of the running round
     * @param sentBytes put on the stream so far
     * @param dirtySyncs rounds begun: how often the dirty pages were collected
     * @param dirtyBytesPerSecond as the hypervisor last saw it, 0 while unknown
     */
    record Progress(
            long totalBytes,
            long remainingBytes,
            long sentBytes,
            int dirtySyncs,
            long dirtyBytesPerSecond) {}
}
