package dev.drover.testkit.guest;

import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a fake guest is, whoever holds on to it. Thread-safe. */
final class FakeProcess {
    private final long pid;
    private final FakeVolume volume;
    private Guest.State state;
    private boolean frozen;
    private boolean ran;
    private long clock = 1_000_000;
    private long stoppedAt;
    private long resumedAt;
    private long memory;
    private @Nullable Consumer<Guest.Surprise> listener;

    FakeProcess(long pid, long diskBytes, Guest.State state) {
        this.pid = pid;
        this.volume = new FakeVolume(diskBytes);
        this.state = state;
    }

    long pid() {
        return pid;
    }

    FakeVolume volume() {
        return volume;
    }

    synchronized Guest.State state() {
        return state;
    }

    synchronized void set(Guest.State next) {
        if (state != Guest.State.GONE) {
            state = next;
        }
    }

    synchronized long memory() {
        return memory;
    }

    synchronized void memory(long value) {
        memory = value;
    }

    /** Throws when nothing can be asked of the process. */
    synchronized void checkAnswers() {
        if (state == Guest.State.GONE) {
            throw new HypervisorException("The guest's process is gone");
        }
        if (frozen) {
            throw new HypervisorException("The guest is frozen");
        }
    }

    synchronized long stop() {
        if (!frozen) {
            checkAnswers();
            if (state == Guest.State.RUNNING) {
                state = Guest.State.PAUSED;
                stoppedAt = ++clock;
            }
        }
        return stoppedAt;
    }

    synchronized long resume() {
        checkAnswers();
        if (state == Guest.State.INCOMING) {
            throw new HypervisorException("The guest's memory has not arrived yet");
        }
        if (state != Guest.State.RUNNING) {
            state = Guest.State.RUNNING;
            resumedAt = ++clock;
            ran = true;
        }
        return resumedAt;
    }

    synchronized boolean ran() {
        return ran;
    }

    synchronized void freeze(boolean freeze) {
        frozen = freeze;
    }

    synchronized void kill() {
        state = Guest.State.GONE;
        frozen = false;
    }

    synchronized void listener(@Nullable Consumer<Guest.Surprise> told) {
        listener = told;
    }

    /** Ends in this state without anybody having asked, and says so. */
    void surprise(Guest.State next, String why) {
        Consumer<Guest.Surprise> told;
        synchronized (this) {
            state = next;
            told = listener;
            listener = null;
        }
        if (told != null) {
            told.accept(new Guest.Surprise(next, why));
        }
    }
}
