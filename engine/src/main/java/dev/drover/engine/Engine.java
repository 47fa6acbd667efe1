package dev.drover.engine;

import dev.drover.protocol.Action;
import dev.drover.protocol.Event;
import dev.drover.protocol.Move;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import dev.drover.protocol.Step;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs one move: takes an event, steps, persists, performs the actions. Decides nothing.
 *
 * <p>One thread calls {@link #run}; {@link #tell} may be called from any. Actions are performed on
 * a virtual thread of their own, which is interrupted when the state that wanted them is left.
 */
public final class Engine {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<Phase, PhaseWork> works;
    private final Driver driver;
    private final MoveObserver observer;
    private volatile State state;
    private @Nullable Thread worker;
    private long enteredNanos = System.nanoTime();

    /** What an engine does beside the phases; the source's engine does none of it. */
    public sealed interface Driver {
        /** The journal of whoever drives. */
        MoveJournal journal();

        /** The monitor, which alone changes the record. */
        record MonitorDriver(ClusterRecord record, SourceHost source, TargetHost target)
                implements Driver {
            @Override
            public MoveJournal journal() {
                return record;
            }
        }

        /** The source's agent, in the pause. */
        record PauseDriver(MoveJournal journal) implements Driver {}
    }

    /** An engine that will go on from {@code state}. */
    public Engine(State state, Map<Phase, PhaseWork> works, Driver driver, MoveObserver observer) {
        this.state = state;
        this.works = works;
        this.driver = driver;
        this.observer = observer;
    }

    /** Where the move stands. */
    public State state() {
        return state;
    }

    /** Tells the engine what happened; it is dealt with in order. */
    public void tell(Event event) {
        events.add(event);
    }

    /**
     * Runs the move to its end: {@link State.Ended}, or {@link State.Paused} for the source's
     * engine.
     */
    public State run() throws InterruptedException {
        tell(new Event.Started());
        while (!isOver(state)) {
            handle(events.take());
        }
        return state;
    }

    private void handle(Event event) {
        Step step = Move.step(state, event);
        if (step.next().equals(state) && step.actions().isEmpty()) {
            return;
        }
        persist(step);
        enter(step.next());
        step.actions().forEach(this::perform);
    }

    /**
     * A state that asks for actions, or is the last, is persisted before anything is done. One that
     * asks for a compare-and-set is persisted together with it. The state that a won one leads to
     * was persisted in the same transaction.
     */
    private void persist(Step step) {
        boolean withRecord =
                step.actions().stream().anyMatch(a -> a instanceof Action.CompareAndSet)
                        || state instanceof State.Committing;
        if (!withRecord && (!step.actions().isEmpty() || isOver(step.next()))) {
            driver.journal().persist(step.next());
        }
    }

    private void enter(State next) {
        Phase left = state.phase();
        state = next;
        if (left != next.phase() || isOver(next)) {
            long now = System.nanoTime();
            observer.left(left, Duration.ofNanos(now - enteredNanos));
            enteredNanos = now;
        }
    }

    private void perform(Action action) {
        if (worker != null) {
            worker.interrupt();
        }
        State wantedBy = state;
        worker =
                Thread.ofVirtual()
                        .name("move-" + state.plan().id())
                        .start(() -> performIn(wantedBy, action));
    }

    private void performIn(State wantedBy, Action action) {
        observer.entering(wantedBy, wantedBy.phase());
        try {
            switch (action) {
                case Action.Perform(Phase phase) -> tell(perform(wantedBy.plan(), phase));
                case Action.HandOver() -> handOver(wantedBy.plan());
                case Action.CompareAndSet cas -> tell(compareAndSet(wantedBy, cas));
                case Action.RollBack(long epoch) -> tell(rollBack(wantedBy.plan(), epoch));
            }
        } catch (InterruptedException _) {
            // The move has gone elsewhere: nobody waits for this any more.
        } catch (RuntimeException e) {
            tell(new Event.Failed(wantedBy.phase(), "Unexpected: " + e));
            throw e;
        }
    }

    private Event perform(MovePlan plan, Phase phase) throws InterruptedException {
        PhaseWork work = works.get(phase);
        if (work == null) {
            throw new IllegalStateException("Nobody here works in phase " + phase);
        }
        try {
            if (phase.beforeCommit()) {
                work.perform(plan);
            } else {
                Retry.untilDone(work, plan);
            }
            return new Event.Done(phase);
        } catch (GuestNeverRan e) {
            return new Event.NeverRan(String.valueOf(e.getMessage()));
        } catch (HostFailure | HostUnreachable e) {
            return new Event.Failed(phase, String.valueOf(e.getMessage()));
        }
    }

    private void handOver(MovePlan plan) {
        switch (driver) {
            case Driver.MonitorDriver(var record, var source, var target) ->
                    new HandOverWork(source, target, record).perform(plan, this::tell);
            case Driver.PauseDriver _ -> throw notMine("hand over");
        }
    }

    private Event compareAndSet(State wantedBy, Action.CompareAndSet cas) {
        return switch (driver) {
            case Driver.MonitorDriver(var record, var _, var _) -> {
                State ifWon = Move.step(wantedBy, new Event.Won(cas.next())).next();
                yield switch (record.compareAndSet(
                        wantedBy.plan().vm(), cas.expected(), cas.next(), ifWon)) {
                    case ClusterRecord.CasOutcome.Won() -> new Event.Won(cas.next());
                    case ClusterRecord.CasOutcome.Lost(var now) -> new Event.Lost(now);
                    case ClusterRecord.CasOutcome.Unknown(String why) ->
                            new Event.OutcomeUnknown(why);
                };
            }
            case Driver.PauseDriver _ -> throw notMine("change the record");
        };
    }

    private Event rollBack(MovePlan plan, long epoch) throws InterruptedException {
        return switch (driver) {
            case Driver.MonitorDriver(var _, var source, var target) -> {
                new RollBackWork(source, target).perform(plan, epoch);
                yield new Event.Done(Phase.ROLL_BACK);
            }
            case Driver.PauseDriver _ -> throw notMine("roll back");
        };
    }

    private static IllegalStateException notMine(String what) {
        return new IllegalStateException("Only the monitor's engine may " + what);
    }

    private static boolean isOver(State state) {
        return switch (state) {
            case State.Ended _, State.Paused _ -> true;
            case State.Instantiating _,
                    State.Snapshotting _,
                    State.Pulling _,
                    State.Precopying _,
                    State.HandedOver _,
                    State.Pausing _,
                    State.Committing _,
                    State.Resuming _,
                    State.Delivering _,
                    State.Verifying _,
                    State.Releasing _,
                    State.Aborting _,
                    State.RollingBack _,
                    State.VotingBack _ ->
                    false;
        };
    }
}
