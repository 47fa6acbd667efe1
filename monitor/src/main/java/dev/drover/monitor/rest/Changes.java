package dev.drover.monitor.rest;

import dev.drover.api.NotLeading;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * What has changed of late, for those who watch. All of them read from the same ring of the last
 * changes, each at his own pace: so to tell takes as long whoever watches, and never waits for
 * anybody. Who falls behind by more than the ring holds is cut off. Any thread.
 */
public final class Changes {
    static final int KEPT = 1024;
    static final int MOST_WATCHERS = 1000;

    private final List<Event> ring = new ArrayList<>();
    private long told;
    private int watchers;
    private OptionalLong term = OptionalLong.empty();

    /** Raised when all who watch must read anew. */
    private long generation;

    /** What a watcher is told next. */
    sealed interface Told {
        /** Something has changed. */
        record Change(Event event) implements Told {}

        /** Nothing has, for as long as the watcher would wait. */
        record Silence() implements Told {}

        /** Something has, but it is not known what any more. */
        record Lost(Event last) implements Told {}

        /** This monitor does not lead any more. */
        record Over() implements Told {}
    }

    /** This monitor leads, and tells what changes from now on. */
    public synchronized void begin(long now) {
        term = OptionalLong.of(now);
    }

    /** It does not lead any more: all streams end. */
    public synchronized void end() {
        term = OptionalLong.empty();
        generation++;
        notifyAll();
    }

    /** Tells all who watch; nobody hears it while this monitor does not lead. */
    public synchronized void tell(EventType type, EventView view) {
        if (term.isEmpty() || watchers == 0) {
            return;
        }
        Event event = event(told + 1, type, view);
        int place = (int) (told % KEPT);
        if (place == ring.size()) {
            ring.add(event);
        } else {
            ring.set(place, event);
        }
        told++;
        notifyAll();
    }

    /** Something may have changed that cannot be told: all who watch must read anew. */
    public synchronized void lose() {
        generation++;
        notifyAll();
    }

    /** Writes to the store; whether a write took effect whose answer is lost cannot be told. */
    public void write(Runnable write) {
        try {
            write.run();
        } catch (StoreException.Unavailable e) {
            lose();
            throw e;
        }
    }

    /** How many watch. */
    synchronized int watchers() {
        return watchers;
    }

    /** Begins to watch. Throws {@link NotLeading} while this monitor does not lead. */
    synchronized Watch watch() {
        if (term.isEmpty()) {
            throw new NotLeading("This monitor does not lead");
        }
        if (watchers == MOST_WATCHERS) {
            throw new ProblemException(
                    503,
                    MOST_WATCHERS + " watch already",
                    "This monitor tells no more than that",
                    "Ask again later, or have one watch for many");
        }
        watchers++;
        return new Watch(generation, told);
    }

    private Event event(long number, EventType type, EventView view) {
        return new Event(term.orElse(0) + "-" + number, type, view);
    }

    private synchronized Told next(Watch watch, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (watch.generation == generation
                && watch.seen == told
                && until - System.nanoTime() > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
        if (term.isEmpty()) {
            return new Told.Over();
        }
        if (watch.generation != generation || told - watch.seen > KEPT) {
            return new Told.Lost(event(told, EventType.LOST, EventView.of(EventType.LOST)));
        }
        return watch.seen == told
                ? new Told.Silence()
                : new Told.Change(ring.get((int) (watch.seen++ % KEPT)));
    }

    private synchronized Event hello(Watch watch) {
        return event(watch.seen, EventType.HELLO, EventView.of(EventType.HELLO));
    }

    private synchronized void leave(Watch watch) {
        if (!watch.closed) {
            watch.closed = true;
            watchers--;
        }
    }

    /** One who watches, until it is closed. */
    final class Watch implements AutoCloseable {
        private final long generation;
        private long seen;
        private boolean closed;

        private Watch(long generation, long seen) {
            this.generation = generation;
            this.seen = seen;
        }

        /** What is to be said first. */
        Event hello() {
            return Changes.this.hello(this);
        }

        /** Waits for what is told next; after Lost or Over there is nothing more. */
        Told next(Duration atMost) throws InterruptedException {
            return Changes.this.next(this, atMost);
        }

        @Override
        public void close() {
            leave(this);
        }
    }
}
