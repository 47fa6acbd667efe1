package dev.drover.net;

import dev.drover.ports.Frame;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the gate has captured: first in the capture tap's ring, then in memory. {@link #pump} moves
 * frames from the one to the other and is called by the gate's reader, or by whoever has {@link
 * #takeOver taken over}. Thread-safe.
 */
final class Capture implements AutoCloseable {
    private final CaptureTap tap;
    private final GateMap map;
    private final CaptureQueue queue;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong groupDropped = new AtomicLong();
    private volatile boolean dropGroup;

    Capture(CaptureTap tap, GateMap map, long limit, boolean dropGroup) {
        this.tap = tap;
        this.map = map;
        this.queue = new CaptureQueue(limit);
        this.dropGroup = dropGroup;
    }

    /** Leaves out group-addressed frames from now on, or no longer. */
    void dropGroup(boolean on) {
        dropGroup = on;
    }

    /** The reader waits from now on, and the caller moves the frames, until {@link #handBack}. */
    void takeOver() {
        reading.lock();
    }

    void handBack() {
        reading.unlock();
    }

    /** Moves what the ring holds into memory. */
    void pump() {
        reading.lock();
        try {
            for (Optional<Frame> f = tap.read(); f.isPresent(); f = tap.read()) {
                accept(f.get());
            }
        } finally {
            reading.unlock();
        }
    }

    private void accept(Frame frame) {
        if (dropGroup && frame.isGroup()) {
            groupDropped.incrementAndGet();
            left(frame);
        } else if (!queue.offer(frame)) {
            dropped.incrementAndGet();
            left(frame);
        }
    }

    /** The oldest frame in memory. It counts as in the capture until {@link #left}. */
    Optional<Frame> poll() {
        return queue.poll();
    }

    /** As {@link #poll()}, waiting. */
    Optional<Frame> poll(Duration atMost) {
        return queue.poll(atMost);
    }

    /** The oldest frame of all, for the one who has taken over. */
    Optional<Frame> next() {
        Optional<Frame> frame = queue.poll();
        if (frame.isPresent()) {
            return frame;
        }
        pump();
        return queue.poll();
    }

    /** The frame has left the capture for good. */
    void left(Frame frame) {
        map.left(CaptureTap.weight(frame));
    }

    /** The frame is lost for want of room. */
    void lost(Frame frame) {
        dropped.incrementAndGet();
        left(frame);
    }

    /** Waits until the ring holds something; false when it did not within that time. */
    boolean await(int millis) {
        return tap.await(millis);
    }

    long dropped() {
        return dropped.get();
    }

    long groupDropped() {
        return groupDropped.get();
    }

    @Override
    public void close() {
        pump();
        dropped.addAndGet(queue.close());
        tap.close();
    }
}
