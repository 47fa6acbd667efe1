package dev.drover.engine;

import dev.drover.protocol.Action;
import dev.drover.protocol.Event;
import dev.drover.protocol.Move;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import dev.drover.protocol.Step;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs one move: takes an event, steps, persists, performs the actions. Decides nothing.
 *
 * <p>One thread calls {@link #run}; {@link #tell} may be called from any. Actions are performed by
 * a {@link Worker}, on a thread of its own. When the move goes elsewhere the worker is interrupted,
 * and what it still tells is not heard.
 */
public final class Engine {
    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    private final BlockingQueue<Told> events = new LinkedBlockingQueue<>();
    private final Map<Phase, PhaseWork> works;
    private final Driver driver;
    private final MoveObserver observer;
    private final Backoff backoff;
    private volatile State state;
    private @Nullable Worker worker;
    private int failures;
    private long enteredNanos = System.nanoTime();

    private record Told(Event event, @Nullable Worker by) {}

    /** What an engine does beside the phases; the source's engine does none of it. */
    public sealed interface Driver {
        /** The journal of whoever drives. */
        MoveJournal journal();

        /** The monitor, which alone changes the record. */
        record MonitorDriver(
                ClusterRecord record,
                SourceHost source,
                TargetHost target,
                BiConsumer<SourceFigures, TargetFigures> figures)
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
        this(state, works, driver, observer, Backoff.DOUBLING);
    }

    /** As above, at another pace. */
    public Engine(
            State state,
            Map<Phase, PhaseWork> works,
            Driver driver,
            MoveObserver observer,
            Backoff backoff) {
        this.state = state;
        this.works = works;
        this.driver = driver;
        this.observer = observer;
        this.backoff = backoff;
    }

    /** Where the move stands. */
    public State state() {
        return state;
    }

    /** Tells the engine what happened; it is dealt with in order. */
    public void tell(Event event) {
        events.add(new Told(event, null));
    }

    /**
     * Runs the move to its end: {@link State.Ended}, or {@link State.Paused} for the source's
     * engine. When it returns or throws, nobody works for this engine any more.
     *
     * @throws InterruptedException when interrupted; another engine may go on from what was
     *     persisted
     */
    public State run() throws InterruptedException {
        try {
            if (!isOver(state)) {
                handle(new Event.Started());
            }
            while (!isOver(state)) {
                Told told = events.take();
                if (told.by() == null || told.by() == worker) {
                    handle(told.event());
                }
            }
            return state;
        } finally {
            if (worker != null) {
                worker.interrupt();
                worker.join();
            }
        }
    }

    private void handle(Event event) throws InterruptedException {
        Step step = Move.step(state, event);
        boolean again = step.next().equals(state) && !(event instanceof Event.Started);
        if (again && step.actions().isEmpty()) {
            return;
        }
        failures = again ? failures + 1 : 0;
        if (again) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Will try {0} again, after: {1}",
                    state.phase(),
                    event);
        } else if (mustBeKept(step, event) && !persisted(step.next())) {
            giveUp();
            return;
        }
        enter(step.next());
        step.actions().forEach(this::perform);
    }

    /**
     * Whether a restart would do anything else if it did not know of this step. A state that asks
     * for nothing is waiting for what a restart would lose in any case. What a won compare-and-set
     * leads to was persisted in its transaction. The commit itself is not announced, since the
     * guest waits: a restart finds the votes open, and its abort finds out what became of the
     * commit. From the stop on the source gives up after any restart.
     */
    private static boolean mustBeKept(Step step, Event event) {
        if (event instanceof Event.Won) {
            return false;
        }
        return switch (step.next()) {
            case State.Committing _ -> false;
            case State.Pausing(var _, Phase phase) -> phase.compareTo(Phase.STOP) <= 0;
            case State next -> !step.actions().isEmpty() || isOver(next);
        };
    }

    /** The monitor waits for its journal; the source's agent may not, while the guest is paused. */
    private boolean persisted(State next) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                driver.journal().persist(next);
                return true;
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "The journal did not take {0}: {1}",
                        next,
                        e.getMessage());
                if (driver instanceof Driver.PauseDriver) {
                    return false;
                }
                backoff.awaitTry(tries);
            }
        }
    }

    private void giveUp() {
        Phase phase = state.phase();
        String why = "The journal of the source's agent could not be written";
        enter(Move.step(state, new Event.Failed(phase, why)).next());
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
        int inVain = failures;
        worker =
                new Worker(
                        wantedBy,
                        action,
                        works,
                        driver,
                        () -> {
                            backoff.awaitTry(inVain);
                            if (inVain == 0) {
                                observer.entering(wantedBy, wantedBy.phase());
                            }
                        },
                        (by, event) -> events.add(new Told(event, by)));
        worker.start();
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
