package dev.drover.testkit.net;

import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A packet gate in memory, with a VM's queue behind it. A test plays the network ({@link #arrive},
 * {@link #hear}) and the VM ({@link #vmReads}, {@link #emit}). Thread-safe.
 */
public final class FakePacketGate implements PacketGate {
    private enum State {
        OPEN,
        LEASED,
        KEPT
    }

    private final LongSupplier nanos;
    private final int queueLength;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Frame> captured = new ArrayDeque<>();
    private final ArrayDeque<Frame> queue = new ArrayDeque<>();
    private final List<Frame> received = new ArrayList<>();
    private final List<Frame> sent = new ArrayList<>();
    private final List<String> announced = new ArrayList<>();
    private final Set<String> heard = new HashSet<>();
    private final Set<String> pinned = new HashSet<>();
    private final Set<String> elsewhere = new HashSet<>();
    private State state = State.OPEN;
    private long deadline;
    private boolean leaseExpired;
    private boolean reading = true;
    private boolean dropGroup;
    private boolean outputShut;
    private boolean closed;
    private long held;
    private long taken;
    private long injected;
    private long dropped;
    private long groupDropped;

    /** An open gate on the real clock; the VM reads, its queue takes 10,000 frames. */
    public FakePacketGate() {
        this(System::nanoTime, 10_000);
    }

    /**
     * As {@link #FakePacketGate()}.
     *
     * @param nanos the clock of leases, in nanoseconds
     * @param queueLength frames that a VM that does not read has room for
     */
    public FakePacketGate(LongSupplier nanos, int queueLength) {
        this.nanos = nanos;
        this.queueLength = queueLength;
    }

    /** A frame comes off the network; the bridge drops it if its address is known elsewhere. */
    public void arrive(Frame frame) {
        locked(() -> {
            if (elsewhere.contains(destination(frame))) {
                return;
            }
            if (state == State.LEASED && nanos.getAsLong() - deadline >= 0) {
                state = State.OPEN;
                leaseExpired = true;
            }
            if (state == State.OPEN) {
                boolean _ = enqueue(frame);
                return;
            }
            held++;
            if (dropGroup && frame.isGroup()) {
                groupDropped++;
            } else {
                captured.add(frame);
            }
        });
    }

    /** The VM sends a frame. */
    public void emit(Frame frame) {
        locked(() -> {
            if (!outputShut) {
                sent.add(frame);
            }
        });
    }

    /** An announcement of that address comes from elsewhere. */
    public void hear(String mac) {
        locked(() -> {
            heard.add(mac.toLowerCase(Locale.ROOT));
            if (!pinned.contains(mac.toLowerCase(Locale.ROOT))) {
                elsewhere.add(mac.toLowerCase(Locale.ROOT));
            }
        });
    }

    /** The VM reads its queue as frames come, or no longer. */
    public void vmReads(boolean on) {
        locked(() -> {
            reading = on;
            if (on) {
                received.addAll(queue);
                queue.clear();
            }
        });
    }

    /** Leaves out group-addressed frames while it holds: the target of a move. */
    public void dropGroup(boolean on) {
        locked(() -> dropGroup = on);
    }

    /** What the VM has read so far, in order. */
    public List<Frame> received() {
        return locked(() -> List.copyOf(received));
    }

    /** What the VM has sent so far, past the fence. */
    public List<Frame> sent() {
        return locked(() -> List.copyOf(sent));
    }

    /** The addresses announced here so far. */
    public List<String> announced() {
        return locked(() -> List.copyOf(announced));
    }

    /** True while frames pass. */
    public boolean isOpen() {
        return locked(() -> state == State.OPEN);
    }

    /** True while the VM's frames are dropped. */
    public boolean isOutputShut() {
        return locked(() -> outputShut);
    }

    /** True once it was closed. */
    public boolean isClosed() {
        return locked(() -> closed);
    }

    @Override
    public void hold(Duration lease) {
        if (!lease.isPositive()) {
            throw new IllegalArgumentException("The lease of a hold must be positive: " + lease);
        }
        locked(() -> {
            if (state != State.KEPT) {
                leaseExpired &= !captured.isEmpty();
                state = State.LEASED;
                deadline = nanos.getAsLong() + lease.toNanos();
            }
        });
    }

    @Override
    public void keep() {
        locked(() -> state = State.KEPT);
    }

    @Override
    public boolean leaseExpired() {
        return locked(() -> leaseExpired);
    }

    @Override
    public boolean drain(Duration atMost) {
        return await(queue::isEmpty, atMost);
    }

    @Override
    public long discardUntaken() {
        return locked(() -> {
            long untaken = queue.size();
            queue.clear();
            return untaken;
        });
    }

    @Override
    public Optional<Frame> take(Duration atMost) {
        lock.lock();
        try {
            if (!await(() -> !captured.isEmpty() || closed, atMost) || captured.isEmpty()) {
                return Optional.empty();
            }
            taken++;
            return Optional.of(captured.remove());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean inject(Frame frame, Duration atMost) {
        lock.lock();
        try {
            if (!await(() -> queue.size() < queueLength, atMost)) {
                return false;
            }
            boolean _ = enqueue(frame);
            injected++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long open(Duration patience) {
        lock.lock();
        try {
            dropGroup = false;
            long delivered = 0;
            Duration left = patience;
            while (!captured.isEmpty()) {
                if (inject(captured.element(), left)) {
                    delivered++;
                    taken++;
                } else {
                    dropped++;
                    left = Duration.ZERO;
                }
                captured.remove();
            }
            state = State.OPEN;
            return delivered;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutOutput() {
        locked(() -> outputShut = true);
    }

    @Override
    public void openOutput() {
        locked(() -> outputShut = false);
    }

    @Override
    public void announce(String mac) {
        locked(() -> {
            if (!outputShut) {
                announced.add(mac);
            }
        });
    }

    @Override
    public boolean awaitAnnouncement(String mac, Duration atMost) {
        return await(() -> heard.contains(mac.toLowerCase(Locale.ROOT)), atMost);
    }

    @Override
    public void pin(String mac) {
        locked(() -> {
            pinned.add(mac.toLowerCase(Locale.ROOT));
            elsewhere.remove(mac.toLowerCase(Locale.ROOT));
        });
    }

    @Override
    public void unpin() {
        locked(() -> {
            pinned.clear();
            heard.clear();
        });
    }

    @Override
    public Counters counters() {
        return locked(() -> new Counters(held, taken, injected, dropped, groupDropped));
    }

    @Override
    public void close() {
        locked(() -> {
            closed = true;
            state = State.OPEN;
            outputShut = false;
            dropped += captured.size();
            captured.clear();
        });
    }

    private static String destination(Frame frame) {
        byte[] bytes = frame.bytes();
        int begin = frame.vnetHeaderBytes();
        return HexFormat.ofDelimiter(":").formatHex(bytes, begin, begin + 6);
    }

    private boolean enqueue(Frame frame) {
        if (reading) {
            return received.add(frame);
        }
        return queue.size() < queueLength && queue.add(frame);
    }

    private boolean await(BooleanSupplier condition, Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!condition.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return condition.getAsBoolean();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(java.util.function.Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }
}
