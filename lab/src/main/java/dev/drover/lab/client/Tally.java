package dev.drover.lab.client;

import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts numbered packets and their answers, over the whole run and in windows. Times are of one
 * clock, {@link System#nanoTime}. Thread-safe.
 */
final class Tally {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final BitSet answered = new BitSet();
    private final Map<String, Window> windows = new HashMap<>();
    private int next;
    private int highest = -1;
    private long latest;

    private static final class Window {
        final int first;
        int last = Integer.MAX_VALUE;
        long latest;
        long answered;
        long duplicated;
        final BitSet overtaken = new BitSet();
        long maxLatency;
        long maxLateness;
        long silence;

        Window(int first, long now) {
            this.first = first;
            this.latest = now;
        }

        boolean covers(int sequence) {
            return sequence >= first && sequence <= last;
        }

        long sent() {
            return last - first + 1L;
        }

        boolean flawless() {
            return answered == sent() && overtaken.isEmpty();
        }

        void answer(long now) {
            silence = Math.max(silence, now - latest);
            latest = now;
        }
    }

    /** The number of the packet that is sent next, so much later than due; it counts as sent. */
    int send(long lateness) {
        lock.lock();
        try {
            for (Window window : windows.values()) {
                window.maxLateness = Math.max(window.maxLateness, lateness);
            }
            return next++;
        } finally {
            lock.unlock();
        }
    }

    /** An answer came. Numbers that were never sent are ignored. */
    void answer(int sequence, long sentAt, long now) {
        lock.lock();
        try {
            if (sequence < 0 || sequence >= next) {
                return;
            }
            boolean again = answered.get(sequence);
            boolean late = !again && sequence < highest;
            answered.set(sequence);
            highest = Math.max(highest, sequence);
            latest = now;
            for (Window window : windows.values()) {
                count(window, sequence, again, late, sentAt, now);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void count(
            Window window, int sequence, boolean again, boolean late, long sentAt, long now) {
        if (again) {
            window.duplicated++;
            return;
        }
        if (late) {
            window.overtaken.set(sequence);
        }
        if (window.covers(sequence)) {
            window.answered++;
            window.maxLatency = Math.max(window.maxLatency, now - sentAt);
        }
        window.answer(now);
    }

    /** Begins a window of that name. */
    void begin(String name, long now) {
        lock.lock();
        try {
            if (windows.putIfAbsent(name, new Window(next, now)) != null) {
                throw new IllegalStateException("The window '" + name + "' has begun already");
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a window: no later packet belongs to it. Waits for the answers that are still due, at
     * most {@code patience}; not where none has ever come.
     */
    PacketFigures end(String name, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            Window window = windows.get(name);
            if (window == null) {
                throw new IllegalStateException("No window '" + name + "' has begun");
            }
            window.last = next - 1;
            long left = patience.toNanos();
            while (highest >= 0 && window.answered < window.sent() && left > 0) {
                left = changed.awaitNanos(left);
            }
            windows.remove(name);
            tellFlaws(name, window);
            return figures(window, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Tells the log which packets went wrong, of those that were sent in the window. */
    private void tellFlaws(String name, Window window) {
        if (highest < 0 || window.flawless()) {
            return;
        }
        var lost = new BitSet();
        lost.set(window.first, window.last + 1);
        lost.andNot(answered);
        System.err.printf(
                "Of packets %d to %d in window '%s': lost %s, overtaken %s%n",
                window.first, window.last, name, ranges(lost), ranges(window.overtaken));
    }

    private static String ranges(BitSet numbers) {
        var text = new StringJoiner(", ", "[", "]");
        int from = numbers.nextSetBit(0);
        while (from >= 0) {
            int until = numbers.nextClearBit(from);
            text.add(from + "-" + (until - 1));
            from = numbers.nextSetBit(until);
        }
        return text.toString();
    }

    private static PacketFigures figures(Window window, long now) {
        long lost = window.sent() - window.answered;
        long silence = lost == 0 ? window.silence : Math.max(window.silence, now - window.latest);
        return new PacketFigures(
                window.sent(),
                window.answered,
                lost,
                window.duplicated,
                window.overtaken.cardinality(),
                Duration.ofNanos(window.maxLatency),
                Duration.ofNanos(window.maxLateness),
                Duration.ofNanos(silence));
    }

    /** Waits for the first answer of the whole run; false when none came in time. */
    boolean awaitFirst(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (highest < 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return highest >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** Since when the guest is silent, in milliseconds; for a live view. */
    long silentFor(long now) {
        lock.lock();
        try {
            return highest < 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(now - latest);
        } finally {
            lock.unlock();
        }
    }

    /** Packets sent and answered in the whole run; for a live view. */
    Totals totals() {
        lock.lock();
        try {
            return new Totals(next, answered.cardinality());
        } finally {
            lock.unlock();
        }
    }

    record Totals(long sent, long answered) {}
}
