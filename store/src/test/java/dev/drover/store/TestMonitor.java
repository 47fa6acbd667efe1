package dev.drover.store;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A monitor's store and its wish to lead, with what it was told. */
final class TestMonitor implements AutoCloseable {
    static final Duration SESSION = Duration.ofSeconds(2);
    private static final long LOST = -1;

    final ClusterStore store;
    private final Leadership leadership;
    private final BlockingQueue<Long> told = new LinkedBlockingQueue<>();

    TestMonitor(String connect, String name) {
        store = connect(connect);
        leadership =
                Leadership.contend(
                        store,
                        name,
                        new Leadership.Listener() {
                            @Override
                            public void gained(long term) {
                                told.add(term);
                            }

                            @Override
                            public void lost() {
                                told.add(LOST);
                            }
                        });
    }

    static ClusterStore connect(String connect) {
        return ClusterStore.connect(connect, SESSION, Duration.ofSeconds(20));
    }

    /** Waits until it leads. */
    long awaitGained() throws InterruptedException {
        long term = next();
        if (term == LOST) {
            throw new AssertionError("It was told that it lost, not that it gained");
        }
        return term;
    }

    /** Waits until it leads no more. */
    void awaitLost() throws InterruptedException {
        long term = next();
        if (term != LOST) {
            throw new AssertionError("It was told that it gained " + term + ", not that it lost");
        }
    }

    boolean wasToldNothingMore() {
        return told.isEmpty();
    }

    FencedStore lead() throws InterruptedException {
        return store.fence(awaitGained());
    }

    void resign() {
        leadership.close();
    }

    private long next() throws InterruptedException {
        Long next = told.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("It was told nothing for 30 s");
        }
        return next;
    }

    @Override
    public void close() {
        leadership.close();
        store.close();
    }
}
