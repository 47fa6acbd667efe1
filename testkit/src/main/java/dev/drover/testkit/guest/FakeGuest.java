package dev.drover.testkit.guest;

import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A guest in memory. Times are counted up by one microsecond an event, so that runs are equal.
 * Besides the port it can be made to misbehave: {@link #shutDown}, {@link #die}.
 */
public final class FakeGuest implements Guest {
    private final FakeProcess process;
    private final FakeDisk disk;
    private volatile boolean obedient = true;
    private volatile boolean mute;
    private volatile boolean quiet;

    FakeGuest(FakeProcess process, Path directory) {
        this.process = process;
        this.disk = new FakeDisk(process.volume(), directory.resolve("nbd.sock"));
    }

    /** What the guest has in its memory. */
    public long memory() {
        return process.memory();
    }

    /** The guest writes into its memory. */
    public void memory(long value) {
        process.memory(value);
    }

    /** The guest shuts itself down. */
    public void shutDown() {
        process.surprise(State.ENDED, "The guest shut down");
    }

    /** The process dies of itself. */
    public void die() {
        process.surprise(State.GONE, "The process died");
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public State state() {
        if (mute) {
            throw new HypervisorException("The process lives, but does not answer");
        }
        return process.state();
    }

    @Override
    public long stop() {
        return process.stop();
    }

    @Override
    public long resume() {
        return process.resume();
    }

    @Override
    public boolean neverRan() {
        return !process.ran();
    }

    @Override
    public void freeze() {
        process.freeze(true);
    }

    @Override
    public void thaw() {
        process.freeze(false);
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public FakeDisk disk() {
        return disk;
    }

    @Override
    public OutgoingMemory sendMemory(
            MemoryMode mode, OutputStream toTarget, InputStream fromTarget) {
        process.checkAnswers();
        return FakeOutgoingMemory.begin(
                process, quiet ? MemoryMode.SINGLE_PASS : mode, toTarget, fromTarget);
    }

    @Override
    public IncomingMemory receiveMemory(InputStream fromSource, OutputStream toSource) {
        process.checkAnswers();
        return FakeIncomingMemory.begin(process, fromSource, toSource);
    }

    @Override
    public void saveMemory(OutputStream to, Duration atMost) {
        process.checkAnswers();
        if (state() != State.PAUSED) {
            throw new HypervisorException("Only a stopped guest's memory is saved");
        }
        try {
            DataOutputStream out = new DataOutputStream(to);
            out.writeByte(FakeMemoryWire.REST);
            out.writeLong(process.memory());
            out.writeByte(FakeMemoryWire.END);
            out.flush();
        } catch (IOException e) {
            throw new HypervisorException("The memory could not be saved", e);
        }
        process.set(State.SENT);
    }

    @Override
    public void pressPowerButton() {
        process.checkAnswers();
        if (obedient) {
            shutDown();
        }
    }

    /** Whether its process lives, but answers nothing when it is asked where the guest stands. */
    public void mute(boolean now) {
        mute = now;
    }

    /** Whether it shuts down when its power button is pressed; it does at first. */
    public void obedient(boolean now) {
        obedient = now;
    }

    /** Its memory travels in a single pass from now on, whatever is asked for. */
    public void quiet() {
        quiet = true;
    }

    @Override
    public void onSurprise(Consumer<Surprise> listener) {
        process.listener(listener);
    }

    @Override
    public Optional<String> lastWords() {
        return Optional.empty();
    }

    @Override
    public void close() {
        process.listener(null);
    }
}
