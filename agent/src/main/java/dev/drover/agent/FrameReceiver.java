package dev.drover.agent;

import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second host's side of the held packets: keeps them in order until the guest runs, delivers
 * them, and lets this host's own follow.
 */
final class FrameReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(FrameReceiver.class);

    /** How long the source may take to say that it was the last packet. */
    private static final Duration UNTIL_END = Duration.ofSeconds(1);

    /** A guest on a busy host may take nothing for seconds; forced open, order is at risk. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int ACKNOWLEDGE_EVERY = 64;

    private final PacketGate gate;
    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
    private final CompletableFuture<Long> own = new CompletableFuture<>();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final Thread deliverer;
    private volatile @Nullable DataOutputStream acks;

    /** The VM took nothing for all that time: for what follows it gets none, until it takes one. */
    private boolean deaf;

    private sealed interface Arrival {
        record Held(Frame frame) implements Arrival {}

        record End() implements Arrival {}
    }

    FrameReceiver(PacketGate gate) {
        this.gate = gate;
        this.deliverer = Thread.ofPlatform().daemon().name("frames-in").unstarted(this::deliver);
    }

    /** Reads what the source passes on, till it closes. */
    void receive(InputStream in, OutputStream out) {
        acks = new DataOutputStream(out);
        try (DataInputStream frames = new DataInputStream(new BufferedInputStream(in, 1 << 16))) {
            while (true) {
                Optional<Frame> frame = FrameWire.read(frames);
                arrived.add(frame.<Arrival>map(Arrival.Held::new).orElseGet(Arrival.End::new));
            }
        } catch (IOException e) {
            LOG.debug("The source passes no more packets on: {}", e.getMessage());
            noneWillCome();
        }
    }

    /** The source passes nothing on (any more). */
    void noneWillCome() {
        arrived.add(new Arrival.End());
    }

    /** Begins to deliver: the guest runs now. Idempotent. */
    synchronized void begin() {
        if (deliverer.getState() == Thread.State.NEW) {
            deliverer.start();
        }
    }

    /**
     * Blocks until the source's and this host's own packets are with the guest.
     *
     * @return false when they are not within {@code atMost}
     */
    boolean awaitDelivered(Duration atMost) throws InterruptedException {
        try {
            own.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new dev.drover.engine.HostFailure("Delivering the held packets failed", e);
        }
    }

    /**
     * Ends the delivery, late packets included; what has not been delivered is lost. Idempotent.
     */
    void close() throws InterruptedException {
        deliverer.interrupt();
        deliverer.join();
        for (Arrival left = arrived.poll(); left != null; left = arrived.poll()) {
            if (left instanceof Arrival.Held) {
                lost.incrementAndGet();
            }
        }
    }

    long delivered() {
        return delivered.get();
    }

    /** This host's own, delivered after the source's; 0 until they are. */
    long own() {
        return own.getNow(0L);
    }

    long lost() {
        return lost.get();
    }

    private void deliver() {
        try {
            deliverTill(System.nanoTime() + UNTIL_END.toNanos());
            own.complete(gate.open(PATIENCE));
            while (true) {
                deliverLate();
            }
        } catch (InterruptedException _) {
            // The move is over: nothing late will come any more.
        } catch (RuntimeException e) {
            own.completeExceptionally(e);
        }
    }

    private void deliverTill(long deadlineNanos) throws InterruptedException {
        while (true) {
            Arrival next = arrived.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            switch (next) {
                case null -> {
                    LOG.warn("The source did not say within {} that its packets ended", UNTIL_END);
                    return;
                }
                case Arrival.End() -> {
                    acknowledge();
                    return;
                }
                case Arrival.Held(Frame frame) -> inject(frame);
            }
        }
    }

    private void deliverLate() throws InterruptedException {
        if (arrived.take() instanceof Arrival.Held(Frame frame) && !frame.isGroup()) {
            inject(frame); // Of the others this host has its own copy by now.
        }
    }

    private void inject(Frame frame) {
        boolean taken = gate.inject(frame, deaf ? Duration.ZERO : PATIENCE);
        deaf = !taken;
        if (taken) {
            delivered.incrementAndGet();
        } else {
            lost.incrementAndGet();
        }
        if (arrived.isEmpty() || (delivered.get() + lost.get()) % ACKNOWLEDGE_EVERY == 0) {
            acknowledge();
        }
    }

    private void acknowledge() {
        DataOutputStream to = acks;
        if (to == null) {
            return;
        }
        try {
            to.writeLong(delivered.get() + lost.get());
            to.flush();
        } catch (IOException e) {
            LOG.debug("The source is not told what was delivered: {}", e.getMessage());
        }
    }
}
