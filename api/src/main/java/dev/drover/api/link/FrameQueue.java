package dev.drover.api.link;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for the one thread that deals with them. That a thread of its own writes to the
 * socket is a must: an interrupt closes the socket in which a virtual thread is blocked, and
 * callers are interrupted.
 */
final class FrameQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private final int capacity;
    private boolean closed;

    FrameQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Waits for room, interrupted or not; false when the queue is closed. */
    boolean put(Frame frame) {
        lock.lock();
        try {
            while (frames.size() >= capacity && !closed) {
                emptied.awaitUninterruptibly();
            }
            if (closed) {
                return false;
            }
            frames.add(frame);
            filled.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next frame; {@link Frame#ALIVE} when none came for so many nanoseconds, null when the
     * queue is closed and empty.
     */
    @Nullable Frame next(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (frames.isEmpty() && !closed && left > 0) {
                left = filled.awaitNanos(left);
            }
            if (frames.isEmpty()) {
                return closed ? null : Frame.ALIVE;
            }
            if (frames.size() == capacity) {
                emptied.signalAll();
            }
            return frames.remove();
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return frames.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What is in it can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
