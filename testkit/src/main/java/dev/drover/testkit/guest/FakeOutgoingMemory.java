package dev.drover.testkit.guest;

import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a page, holds, and sends the rest when it is released. */
final class FakeOutgoingMemory implements OutgoingMemory {
    private static final int PRECOPY_SYNCS = 4;

    private final FakeProcess process;
    private final MemoryMode mode;
    private final DataOutputStream toTarget;
    private final InputStream fromTarget;
    private final CompletableFuture<Void> converged = new CompletableFuture<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private final CompletableFuture<Void> restSent = new CompletableFuture<>();
    private final CompletableFuture<Void> acknowledged = new CompletableFuture<>();

    private FakeOutgoingMemory(
            FakeProcess process, MemoryMode mode, OutputStream toTarget, InputStream fromTarget) {
        this.process = process;
        this.mode = mode;
        this.toTarget = new DataOutputStream(toTarget);
        this.fromTarget = fromTarget;
    }

    static FakeOutgoingMemory begin(
            FakeProcess process, MemoryMode mode, OutputStream toTarget, InputStream fromTarget) {
        FakeOutgoingMemory made = new FakeOutgoingMemory(process, mode, toTarget, fromTarget);
        Thread.ofVirtual().name("fake-send").start(made::send);
        Thread.ofVirtual().name("fake-return").start(made::listen);
        return made;
    }

    private void send() {
        try {
            toTarget.writeByte(FakeMemoryWire.PAGE);
            toTarget.flush();
            converged.complete(null);
            released.join();
            toTarget.writeByte(FakeMemoryWire.REST);
            toTarget.writeLong(process.memory());
            toTarget.flush();
            restSent.complete(null);
        } catch (IOException e) {
            fail(e);
        } catch (java.util.concurrent.CompletionException _) {
            // Cancelled.
        }
    }

    private void listen() {
        try {
            if (fromTarget.read() == FakeMemoryWire.LOADED) {
                process.set(Guest.State.SENT);
                acknowledged.complete(null);
            } else {
                fail(new IOException("The target hung up"));
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(Throwable cause) {
        converged.completeExceptionally(cause);
        released.completeExceptionally(cause);
        restSent.completeExceptionally(cause);
        acknowledged.completeExceptionally(cause);
    }

    @Override
    public void awaitConverged(Duration atMost) {
        await(converged, atMost);
    }

    @Override
    public void hold() {
        await(converged, Duration.ZERO);
    }

    @Override
    public void release() {
        released.complete(null);
    }

    @Override
    public void awaitLastStage(Duration atMost) {
        await(restSent, atMost);
    }

    @Override
    public void complete(Duration atMost) {
        try {
            toTarget.writeByte(FakeMemoryWire.END);
            toTarget.flush();
        } catch (IOException e) {
            throw new HypervisorException("The memory could not be sent", e);
        }
        await(acknowledged, atMost);
    }

    private static void await(CompletableFuture<Void> event, Duration atMost) {
        try {
            event.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new HypervisorException("The memory could not be sent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Interrupted while the memory moved", e);
        }
    }

    @Override
    public void cancel() {
        fail(new IOException("The move of the memory was cancelled"));
        closeQuietly(toTarget);
        closeQuietly(fromTarget);
    }

    private static void closeQuietly(Closeable stream) {
        try {
            stream.close();
        } catch (IOException _) {
            // It is given up.
        }
    }

    @Override
    public MemoryMode mode() {
        return mode;
    }

    @Override
    public Progress progress() {
        boolean sent = restSent.isDone() && !restSent.isCompletedExceptionally();
        int syncs = mode == MemoryMode.PRECOPY ? PRECOPY_SYNCS : 1;
        return new Progress(2, sent ? 0 : 1, sent ? 2 : 1, syncs, 0);
    }
}
