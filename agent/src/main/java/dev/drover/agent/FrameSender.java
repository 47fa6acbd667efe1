package dev.drover.agent;

import dev.drover.engine.HostFailure;
import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first host's side of the held packets: passes each on as soon as it is captured, and keeps it
 * until the second host says that the guest has it. Its thread alone takes from the gate.
 */
final class FrameSender {
    private static final Logger LOG = LoggerFactory.getLogger(FrameSender.class);

    /** A switch that has seen the announcement has sent its last frame by then. */
    private static final Duration SILENCE = Duration.ofMillis(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration INJECTION = Duration.ofSeconds(1);

    /** A target that takes nothing blocks the writing: it is given up then. */
    private static final Duration TO_STOP = Duration.ofSeconds(1);

    /** What is kept; more stays in the gate, whose own bound then drops and counts. */
    private static final long MOST_KEPT_BYTES = 64L << 20;

    private final PacketGate gate;
    private final Runnable hangUp;
    private final DataOutputStream out;
    private final Deque<Frame> kept = new ArrayDeque<>();
    private final Thread taker;
    private volatile boolean taking = true;
    private volatile boolean announced;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean broken;
    private volatile boolean ended;
    private long sent;
    private long acknowledged;
    private long keptBytes;

    /**
     * Begins at once.
     *
     * @param out to the target, whose end must stay open as long as late frames may come
     * @param in acknowledgements
     * @param hangUp ends both; it wakes whoever reads or writes
     */
    FrameSender(PacketGate gate, OutputStream out, InputStream in, Runnable hangUp) {
        this.gate = gate;
        this.hangUp = hangUp;
        this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
        this.taker = Thread.ofPlatform().daemon().name("frames-out").start(this::passOn);
        Thread.ofVirtual().name("frame-acks").start(() -> readAcknowledgements(in));
    }

    /** The switches have learnt where the VM is now: the end mark follows the next silence. */
    void announced() {
        lastNanos = System.nanoTime();
        announced = true;
    }

    /** The end mark is on its way: what follows is late. */
    boolean hasEnded() {
        return ended;
    }

    /** Frames passed on so far. */
    synchronized long sent() {
        return sent;
    }

    /** Frames that were taken from the gate, but are not known to have reached the guest. */
    synchronized long unacknowledged() {
        return kept.size();
    }

    /** Frames that will not reach the guest on the other host: the way there is gone. */
    long cutOff() {
        return broken ? unacknowledged() : 0;
    }

    /** Throws {@link HostFailure} when frames cannot reach the other host any more. */
    void check() {
        if (broken) {
            throw new HostFailure("The way of the held packets to the target broke");
        }
    }

    /**
     * Ends the passing on, and delivers to the guest on this host what was not delivered on the
     * other.
     *
     * @return how many could not be delivered
     */
    long giveBack() throws InterruptedException {
        stop();
        long lost = 0;
        synchronized (this) {
            for (Frame frame : kept) {
                // Whoever had no room for one in that time is not waited for again.
                lost += gate.inject(frame, lost == 0 ? INJECTION : Duration.ZERO) ? 0 : 1;
            }
            kept.clear();
            keptBytes = 0;
        }
        return lost;
    }

    /** Ends the passing on. Idempotent. */
    void stop() throws InterruptedException {
        taking = false;
        synchronized (this) {
            notifyAll();
        }
        if (!taker.join(TO_STOP)) {
            hangUp.run();
            taker.join();
        }
    }

    private void passOn() {
        while (taking) {
            awaitRoom();
            Optional<Frame> next = gate.take(announced && !ended ? SILENCE : LOOK_AGAIN);
            try {
                while (next.isPresent()) {
                    passOn(next.get());
                    next = hasRoom() ? gate.take(Duration.ZERO) : Optional.empty();
                }
                if (announced && !ended && isQuiet()) {
                    ended = true;
                    FrameWire.writeEnd(out);
                }
                out.flush();
            } catch (IOException e) {
                lost(e);
            }
        }
    }

    /** Group-addressed frames do not count: they come to both hosts as long as they like. */
    private boolean isQuiet() {
        return System.nanoTime() - lastNanos >= SILENCE.toNanos();
    }

    private void passOn(Frame frame) throws IOException {
        if (!frame.isGroup()) {
            lastNanos = System.nanoTime();
        }
        if (ended && frame.isGroup()) {
            return; // The target has its own copy by now.
        }
        keep(frame);
        if (!broken) {
            FrameWire.write(out, frame);
            synchronized (this) {
                sent++;
            }
        }
    }

    private synchronized void awaitRoom() {
        while (taking && !hasRoom()) {
            try {
                wait();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private synchronized boolean hasRoom() {
        return keptBytes <= MOST_KEPT_BYTES;
    }

    private synchronized void keep(Frame frame) {
        kept.add(frame);
        keptBytes += frame.bytes().length;
    }

    private void readAcknowledgements(InputStream in) {
        try (DataInputStream acks = new DataInputStream(in)) {
            while (true) {
                delivered(acks.readLong());
            }
        } catch (IOException e) {
            lost(e);
        }
    }

    private synchronized void delivered(long count) {
        while (acknowledged < count && !kept.isEmpty()) {
            keptBytes -= kept.remove().bytes().length;
            acknowledged++;
        }
        notifyAll();
    }

    private void lost(IOException e) {
        if (!broken && taking) {
            LOG.info("The way for held packets is gone: {}", e.getMessage());
        }
        broken = true;
    }
}
