package dev.drover.engine;

import dev.drover.engine.Engine.Driver;
import dev.drover.protocol.Action;
import dev.drover.protocol.Event;
import dev.drover.protocol.Move;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Performs one action on a virtual thread of its own and tells how it ended. It always tells: an
 * engine whose worker died in silence would wait for ever.
 */
final class Worker {
    private static final System.Logger LOG = System.getLogger(Worker.class.getName());

    private final State wantedBy;
    private final Action action;
    private final Map<Phase, PhaseWork> works;
    private final Driver driver;
    private final BiConsumer<Worker, Event> engine;
    private final Thread thread;

    /**
     * A worker that waits to be started.
     *
     * @param before what it does first; a failure of it is one of the action
     * @param engine whom it tells, and that it was this worker
     */
    Worker(
            State wantedBy,
            Action action,
            Map<Phase, PhaseWork> works,
            Driver driver,
            Before before,
            BiConsumer<Worker, Event> engine) {
        this.wantedBy = wantedBy;
        this.action = action;
        this.works = works;
        this.driver = driver;
        this.engine = engine;
        this.thread =
                Thread.ofVirtual()
                        .name("move-" + wantedBy.plan().id())
                        .unstarted(() -> run(before));
    }

    /** What comes before the work. */
    @FunctionalInterface
    interface Before {
        void run() throws InterruptedException;
    }

    void start() {
        thread.start();
    }

    /** Nobody waits for it any more. */
    void interrupt() {
        thread.interrupt();
    }

    /** Blocks until it has ended. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run(Before before) {
        try {
            before.run();
            act();
        } catch (InterruptedException _) {
            // Heard by nobody when the move has gone elsewhere, which is what an interrupt means.
            failed("Interrupted");
        } catch (HostUnreachable e) {
            failed(reachableAgain(e));
        } catch (HostFailure e) {
            failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "Unexpected in " + wantedBy.phase(), e);
            failed("Unexpected: " + e);
        }
    }

    private void act() throws InterruptedException {
        switch (action) {
            case Action.Perform(Phase phase) -> perform(phase);
            case Action.HandOver() -> {
                var monitor = monitor();
                new HandOverWork(monitor.source(), monitor.target(), monitor.record())
                        .perform(wantedBy.plan(), this::tell);
            }
            case Action.CompareAndSet cas -> tell(compareAndSet(cas));
            case Action.RollBack(long epoch) -> {
                var monitor = monitor();
                new RollBackWork(monitor.source(), monitor.target(), monitor.figures())
                        .perform(wantedBy.plan(), epoch);
                tell(new Event.Done(Phase.ROLL_BACK));
            }
        }
    }

    private void perform(Phase phase) throws InterruptedException {
        PhaseWork work = works.get(phase);
        if (work == null) {
            throw new IllegalStateException("Nobody here works in phase " + phase);
        }
        try {
            work.perform(wantedBy.plan());
        } catch (GuestNeverRan e) {
            if (phase != Phase.RESUME) {
                throw e;
            }
            tell(new Event.NeverRan(String.valueOf(e.getMessage())));
            return;
        }
        tell(new Event.Done(phase));
    }

    private Event compareAndSet(Action.CompareAndSet cas) {
        State ifWon = Move.step(wantedBy, new Event.Won(cas.next())).next();
        var outcome =
                monitor()
                        .record()
                        .compareAndSet(wantedBy.plan().vm(), cas.expected(), cas.next(), ifWon);
        return switch (outcome) {
            case ClusterRecord.CasOutcome.Won() -> new Event.Won(cas.next());
            case ClusterRecord.CasOutcome.Lost(var now) -> new Event.Lost(now);
            case ClusterRecord.CasOutcome.Unknown(String why) -> new Event.OutcomeUnknown(why);
        };
    }

    private Driver.MonitorDriver monitor() {
        return switch (driver) {
            case Driver.MonitorDriver monitor -> monitor;
            case Driver.PauseDriver _ ->
                    throw new IllegalStateException("Only the monitor's engine may do " + action);
        };
    }

    /** Where there is no way back, it is not tried again before the host answers. */
    private String reachableAgain(HostUnreachable e) {
        if (!wantedBy.phase().beforeCommit()) {
            try {
                e.host().awaitReachable();
            } catch (InterruptedException _) {
                return "Interrupted";
            } catch (RuntimeException waiting) {
                LOG.log(System.Logger.Level.WARNING, "Could not wait for a host", waiting);
            }
        }
        return String.valueOf(e.getMessage());
    }

    private void failed(String why) {
        tell(new Event.Failed(wantedBy.phase(), why));
    }

    private void tell(Event event) {
        engine.accept(this, event);
    }
}
