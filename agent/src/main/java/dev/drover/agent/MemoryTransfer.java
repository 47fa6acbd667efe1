package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.block.CheckedStream;
import dev.drover.block.CompressedStream;
import dev.drover.ports.Guest;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The memory image on its way to the second host, and the stream that it takes. */
final class MemoryTransfer {
    /** What is known of a memory that was not sent. */
    static final OutgoingMemory.Progress NOTHING = new OutgoingMemory.Progress(0, 0, 0, 0, 0);

    /** A guest that dirties faster than the link carries is stopped then, wherever it is. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration BETWEEN_REPORTS = Duration.ofMillis(200);

    private final OutgoingMemory memory;
    private final Tunnel tunnel;
    private final CompletableFuture<Void> converged = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread converging;
    private volatile OutgoingMemory.Progress last = NOTHING;
    private volatile boolean complete;

    private MemoryTransfer(OutgoingMemory memory, Tunnel tunnel) {
        this.memory = memory;
        this.tunnel = tunnel;
        this.converging = Thread.ofVirtual().name("converging").start(this::converge);
    }

    /** Begins to send, the guest running. */
    static MemoryTransfer begin(MoveOrder order, Guest guest, MemoryMode mode, HostContext host)
            throws IOException {
        Tunnel tunnel =
                Tunnel.open(
                        order.target(),
                        host.identity(),
                        Streaming.of(order, Streaming.Kind.MEMORY));
        try {
            CompressedStream compressed = tunnel.compress();
            CheckedStream stream = CheckedStream.over(compressed.input(), compressed.output());
            return new MemoryTransfer(
                    guest.sendMemory(mode, stream.output(), stream.input()), tunnel);
        } catch (IOException | RuntimeException e) {
            tunnel.close();
            throw e;
        }
    }

    OutgoingMemory memory() {
        return memory;
    }

    /** False when {@code atMost} passed first. */
    boolean awaitConverged(Duration atMost) throws InterruptedException, ExecutionException {
        try {
            converged.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    boolean isOpen() {
        return closed.getCount() > 0;
    }

    /** Returns early when this is closed. */
    void pauseBetweenReports() {
        try {
            closed.await(BETWEEN_REPORTS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** All of it is with the target; from now on the hypervisor need not answer any more. */
    void completed() {
        last = memory.progress();
        complete = true;
    }

    OutgoingMemory.Progress progress() {
        if (!complete) {
            last = memory.progress();
        }
        return last;
    }

    /** Gives up; the guest is left as it is. */
    void cancel() {
        close();
        memory.cancel();
    }

    /** The tunnel first: it wakes whoever reads or writes through the codecs above it. */
    void close() {
        closed.countDown();
        converging.interrupt();
        tunnel.close();
    }

    private void converge() {
        try {
            memory.awaitConverged(PATIENCE);
            converged.complete(null);
        } catch (RuntimeException e) {
            converged.completeExceptionally(e);
        }
    }
}
