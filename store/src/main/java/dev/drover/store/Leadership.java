package dev.drover.store;

import dev.drover.store.Zk.Outcome;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/**
 * A monitor's wish to lead. Of all that contend one leads; when ZooKeeper has not heard of it for
 * its session, another does.
 *
 * <p>Whoever is elected begins a new term by a transaction that also checks that its own place in
 * the election is still there: so terms follow each other as the leaders do, also when an elected
 * monitor is stopped for a while before it gets to that. A deposed leader may think for a while
 * that it leads, but {@link FencedStore} refuses its writes.
 */
public final class Leadership implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Leadership.class.getName());
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    private final Zk zk;
    private final String name;
    private final Listener listener;
    private final LeaderLatch latch;
    private final ExecutorService events =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("leadership").factory());
    private boolean leads;

    /**
     * Told in turns: gained, lost, gained. One thread makes all calls; a method that takes its time
     * delays the next.
     */
    public interface Listener {
        /** This monitor leads, with {@link ClusterStore#fence} of {@code term}. */
        void gained(long term);

        /** It does not any more, or cannot know that it does. */
        void lost();
    }

    private Leadership(Zk zk, String name, Listener listener) {
        this.zk = zk;
        this.name = name;
        this.listener = listener;
        this.latch = new LeaderLatch(zk.curator(), Znodes.LEADERS, name);
    }

    /**
     * Contends until closed.
     *
     * @param name of this monitor, shown by {@link ClusterStore#leader}
     */
    public static Leadership contend(ClusterStore store, String name, Listener listener) {
        Leadership leadership = new Leadership(store.zk(), name, listener);
        leadership.latch.addListener(leadership.new Elections(), leadership.events);
        try {
            leadership.latch.start();
            return leadership;
        } catch (Exception e) {
            leadership.events.shutdown();
            throw store.zk().unavailable(e);
        }
    }

    /**
     * Gives up, so that another leads at once; {@link Listener#lost} is called if it is due, and
     * has returned then. Not from a listener.
     */
    @Override
    public void close() {
        try {
            latch.close(LeaderLatch.CloseMode.NOTIFY_LEADER);
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "The election was left already", e);
        }
        events.close();
    }

    private final class Elections implements LeaderLatchListener {
        @Override
        public void isLeader() {
            OptionalLong term = beginTerm();
            if (term.isPresent()) {
                leads = true;
                tell("gained", () -> listener.gained(term.getAsLong()));
            }
        }

        @Override
        public void notLeader() {
            if (leads) {
                leads = false;
                tell("lost", listener::lost);
            }
        }
    }

    /** Empty when the election was lost meanwhile. */
    private OptionalLong beginTerm() {
        while (latch.hasLeadership()) {
            String place = latch.getOurPath();
            if (place == null) {
                return OptionalLong.empty();
            }
            Outcome outcome =
                    zk.transact(
                            Op.check(place, -1), Op.setData(Znodes.TERM, Znodes.write(name), -1));
            switch (outcome) {
                case Outcome.Done(var results) -> {
                    return OptionalLong.of(termOf(results.getLast()));
                }
                case Outcome.Refused _ -> {
                    return OptionalLong.empty();
                }
                case Outcome.Unknown(Exception cause) -> {
                    // A term begun without our knowledge is a term skipped.
                    LOG.log(Level.DEBUG, "Trying again to begin a term", cause);
                    pause();
                }
            }
        }
        return OptionalLong.empty();
    }

    private static long termOf(OpResult result) {
        return ((OpResult.SetDataResult) result).getStat().getVersion();
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_TRIES);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(String what, Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A monitor failed to deal with leadership " + what, e);
        }
    }
}
