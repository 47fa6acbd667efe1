package dev.drover.ports;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * One VM's hypervisor process on this host. Thread-safe; every call blocks until its effect is
 * seen.
 *
 * <p>Promises nothing about who may run: {@link #resume} is given only to one who has won the
 * record's compare-and-set. All methods but {@link #kill} and {@link #close} throw {@link
 * HypervisorException} when the process refuses or is gone.
 */
public interface Guest extends AutoCloseable {
    /** Where the guest stands. */
    enum State {
        /** vCPUs execute. */
        RUNNING,
        /** Stopped by an agent; can be resumed. */
        PAUSED,
        /** Prepared; its memory has not arrived (completely). */
        INCOMING,
        /** Its memory was sent completely and acknowledged; stopped. */
        SENT,
        /** Shut down or panicked by itself, the process still there. */
        ENDED,
        /** The process is dead. */
        GONE
    }

    /** Host process id. */
    long pid();

    /** Where the guest stands now; {@link State#GONE} only when the process is seen dead. */
    State state();

    /**
     * Stops the vCPUs and waits until they stand still. Idempotent.
     *
     * @return when they stopped, in microseconds since the epoch, by the hypervisor's own event;
     *     for an idempotent repetition the time of the first stop
     */
    long stop();

    /**
     * Lets the vCPUs run. Only for a holder of the record.
     *
     * @return when they were started, in microseconds since the epoch, by the hypervisor's own
     *     event
     */
    long resume();

    /** True when it can be shown that the vCPUs of this process have never executed. */
    boolean neverRan();

    /** Puts the whole process out of reach of any command (cgroup freezer). Idempotent. */
    void freeze();

    /** Undoes {@link #freeze}. Idempotent. */
    void thaw();

    /**
     * Ends the process, frozen or not, and returns when it is seen dead. Idempotent; never throws.
     */
    void kill();

    /** The guest's disk. */
    Disk disk();

    /**
     * Begins to send the memory, the guest running on.
     *
     * @param mode how it shall travel; {@link OutgoingMemory#mode} tells how it does
     * @param toTarget where the stream goes; written by a thread of this port's own
     * @param fromTarget the return path; read by a thread of this port's own
     */
    OutgoingMemory sendMemory(MemoryMode mode, OutputStream toTarget, InputStream fromTarget);

    /**
     * Begins to receive the memory (guest {@link State#INCOMING}).
     *
     * @param fromSource read by a thread of this port's own
     * @param toSource the return path; written by a thread of this port's own
     */
    IncomingMemory receiveMemory(InputStream fromSource, OutputStream toSource);

    /**
     * Writes the memory of a guest that is {@link State#PAUSED}, so that {@link #receiveMemory} can
     * read it at any later time. On return the guest is {@link State#SENT}, its disk flushed, and
     * may still be resumed.
     *
     * @param to flushed at the end, not closed; an {@link java.io.IOException} of it ends the work
     * @param atMost for all of it
     */
    void saveMemory(OutputStream to, Duration atMost);

    /**
     * Asks the guest to shut down, by the ACPI power button. Returns at once; whether it obeys,
     * {@link State#ENDED} will show.
     */
    void pressPowerButton();

    /**
     * Called once, from a thread of this port's own, when the vCPUs stop without {@link #stop} or
     * the process dies without {@link #kill}. Replaces an earlier listener.
     */
    void onSurprise(java.util.function.Consumer<Surprise> listener);

    /**
     * What happened unasked.
     *
     * @param state the state that the guest is in now
     * @param why in plain words
     */
    record Surprise(State state, String why) {}

    /** The last lines that the process said on its standard error, for messages; may be empty. */
    Optional<String> lastWords();

    /** Lets go of the process without touching it. It runs on. */
    @Override
    void close();
}
