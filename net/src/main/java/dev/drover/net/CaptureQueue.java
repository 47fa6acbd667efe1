package dev.drover.net;

import dev.drover.ports.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Captured frames in memory, in order, up to a number of bytes. Thread-safe. */
final class CaptureQueue {
    /** What a frame costs besides its bytes: two objects and a place in the queue. */
    private static final int OVERHEAD = 64;

    private final long limit;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private long bytes;
    private boolean closed;

    CaptureQueue(long limit) {
        this.limit = limit;
    }

    /** False when there is no room. */
    boolean offer(Frame frame) {
        lock.lock();
        try {
            int size = frame.bytes().length + OVERHEAD;
            if (bytes + size > limit) {
                return false;
            }
            bytes += size;
            frames.add(frame);
            filled.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    Optional<Frame> poll() {
        lock.lock();
        try {
            Frame frame = frames.poll();
            if (frame != null) {
                bytes -= frame.bytes().length + OVERHEAD;
            }
            return Optional.ofNullable(frame);
        } finally {
            lock.unlock();
        }
    }

    /** Empty when none came in time, when interrupted, and when closed. */
    Optional<Frame> poll(Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (frames.isEmpty() && !closed && left > 0) {
                left = filled.awaitNanos(left);
            }
            return poll();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits any more. The number of frames that were still there, and are gone. */
    int close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            int left = frames.size();
            frames.clear();
            bytes = 0;
            return left;
        } finally {
            lock.unlock();
        }
    }
}
