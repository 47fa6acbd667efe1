package dev.drover.agent;

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

    private final PacketGate gate;
    private final DataOutputStream out;
    private final Deque<Frame> kept = new ArrayDeque<>();
    private final Thread taker;
    private volatile boolean taking = true;
    private volatile boolean announced;
    private volatile boolean broken;
    private boolean ended;
    private long sent;
    private long acknowledged;

    /**
     * Begins at once.
     *
     * @param out to the target, whose end must stay open as long as late frames may come
     * @param in acknowledgements
     */
    FrameSender(PacketGate gate, OutputStream out, InputStream in) {
        this.gate = gate;
        this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
        this.taker = Thread.ofPlatform().daemon().name("frames-out").start(this::passOn);
        Thread.ofVirtual().name("frame-acks").start(() -> readAcknowledgements(in));
    }

    /** The switches have learnt where the VM is now: the end mark follows the next silence. */
    void announced() {
        announced = true;
    }

    /** Frames passed on so far. */
    synchronized long sent() {
        return sent;
    }

    /** Frames that were taken from the gate, but are not known to have reached the guest. */
    synchronized long pending() {
        return kept.size();
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
                lost += gate.inject(frame, INJECTION) ? 0 : 1;
            }
            kept.clear();
        }
        return lost;
    }

    /** Ends the passing on. Idempotent. */
    void stop() throws InterruptedException {
        taking = false;
        taker.join();
    }

    private void passOn() {
        while (taking) {
            Optional<Frame> next = gate.take(announced && !ended ? SILENCE : LOOK_AGAIN);
            try {
                if (next.isEmpty() && announced && !ended) {
                    ended = true;
                    FrameWire.writeEnd(out);
                }
                for (; next.isPresent(); next = gate.take(Duration.ZERO)) {
                    passOn(next.get());
                }
                out.flush();
            } catch (IOException e) {
                lost(e);
            }
        }
    }

    private void passOn(Frame frame) throws IOException {
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

    private synchronized void keep(Frame frame) {
        kept.add(frame);
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
            kept.remove();
            acknowledged++;
        }
    }

    private void lost(IOException e) {
        if (!broken && taking) {
            LOG.info("The way for held packets is gone: {}", e.getMessage());
        }
        broken = true;
    }
}
