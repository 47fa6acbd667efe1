package dev.drover.protocol;

import dev.drover.protocol.Agents.Reply;
import dev.drover.protocol.World.Monitor;
import dev.drover.protocol.World.Qemu;
import dev.drover.protocol.Worlds.Change;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to the monitor's engine, and to what it has sent. It persists as the engine does.
 */
final class Leader {
    private final MovePlan plan;
    private final Stepping steps;
    private final Agents agents;

    /** Whether the store refuses what this leader writes to the journal by itself. */
    private final boolean fenced;

    private final Set<World> writing = new LinkedHashSet<>();

    Leader(MovePlan plan, Stepping steps, Agents agents, boolean fenced) {
        this.plan = plan;
        this.steps = steps;
        this.agents = agents;
        this.fenced = fenced;
    }

    /** It takes up what is in the journal. */
    World starts(World world) {
        return tell(world.monitor(new Monitor(world.journal(), Set.of())), new Event.Started());
    }

    List<Change> changes(World world) {
        List<Change> changes = new ArrayList<>();
        writing.clear();
        for (Ask ask : monitor(world).asks()) {
            add(changes, "answered:", ask, false, answered(world, ask));
        }
        whatGoesWrong(world, changes);
        for (World crashed : writing) {
            add(changes, "the monitor crashes, writing its journal", null, true, crashed);
        }
        return changes;
    }

    private World answered(World world, Ask ask) {
        Monitor monitor = monitor(world);
        if (ask instanceof Ask.Cas cas) {
            boolean won = world.record().equals(cas.expected());
            World then = won ? land(world, cas) : world;
            Event event = won ? new Event.Won(cas.next()) : new Event.Lost(world.record());
            return tell(then.monitor(monitor.without(ask)), event);
        }
        Reply reply = agents.receive(world, ask);
        World then = reply.world();
        return switch (reply.answer()) {
            case DONE -> {
                World done = then.monitor(monitor.without(ask));
                yield tell(
                        ask instanceof Ask.RollBack ? done.sent(new Ask.Discard()) : done,
                        done(monitor.state(), ask));
            }
            case NEVER_RAN -> tell(then.monitor(monitor.without(ask)), new Event.NeverRan(""));
            case NO -> tell(then.monitor(monitor.without(ask)), failed(monitor.state(), ask));
            case NOT_YET -> then;
            case AWAY ->
                    monitor.state().phase().beforeCommit()
                            ? tell(then.monitor(monitor.without(ask)), failed(monitor.state(), ask))
                            : then;
        };
    }

    private static Event done(State state, Ask ask) {
        return switch (ask) {
            case Ask.HandOver _ -> new Event.Voted(Role.SOURCE);
            case Ask.Vote _ -> new Event.Voted(Role.TARGET);
            case Ask.Work _, Ask.RollBack _, Ask.Discard _, Ask.Cas _ ->
                    new Event.Done(state.phase());
        };
    }

    private static Event failed(State state, Ask ask) {
        return new Event.Failed(ask instanceof Ask.Vote ? Phase.VOTE : state.phase(), "");
    }

    private void whatGoesWrong(World world, List<Change> changes) {
        Monitor monitor = monitor(world);
        if (monitor.state() instanceof State.Ended && world.journal() instanceof State.Ended) {
            return;
        }
        World down = world.monitor(null);
        for (Ask ask : monitor.asks()) {
            World without = world.monitor(monitor.without(ask));
            add(changes, "failed:", ask, true, tell(without, failed(monitor.state(), ask)));
            if (ask instanceof Ask.Cas cas) {
                down = down.late(cas);
                World open = without.late(cas);
                add(changes, "no answer:", ask, true, tell(open, new Event.OutcomeUnknown("")));
                for (Active old : readings(world)) {
                    Event event = new Event.Lost(old);
                    add(changes, "lost, by an old reading:", old, true, tell(without, event));
                }
            }
            if (ask.equals(new Ask.Work(Phase.RESUME)) && world.target().up()) {
                theTargetCannotResume(world, changes);
            }
        }
        add(changes, "the monitor crashes", null, true, down);
        add(changes, "cancelled", null, true, tell(world, new Event.Cancelled("")));
    }

    /** What a slow reader may take the record for. */
    private Set<Active> readings(World world) {
        Set<Active> readings = new LinkedHashSet<>(List.of(plan.before()));
        if (world.record().equals(plan.committed()) || world.record().equals(plan.votedBack())) {
            readings.add(plan.committed());
        }
        return readings;
    }

    private void theTargetCannotResume(World world, List<Change> changes) {
        World.Target target = world.target();
        if (target.qemu() != Qemu.LOADED || target.gaveBack()) {
            return;
        }
        Monitor monitor = monitor(world);
        World then = agents.neverRan(world).world();
        World told = then.monitor(monitor.without(new Ask.Work(Phase.RESUME)));
        add(changes, "the target cannot resume", null, true, tell(told, new Event.NeverRan("")));
        World silent = world.target(agents.resumed(target).up(false));
        add(changes, "the target's agent crashes before cont", null, true, silent);
    }

    static World land(World world, Ask.Cas cas) {
        return world.record().equals(cas.expected())
                ? world.record(cas.next()).journal(cas.ifWon())
                : world;
    }

    /** The engine takes an event: steps, persists, performs. */
    private World tell(World world, Event event) {
        Monitor monitor = monitor(world);
        State state = monitor.state();
        Step step = steps.step(state, event);
        State next = Worlds.canonical(step.next());
        boolean over = next instanceof State.Ended;
        Set<Ask> asks = new LinkedHashSet<>();
        if (step.actions().isEmpty() && !over) {
            asks.addAll(monitor.asks());
        }
        World then = world;
        for (Action action : step.actions()) {
            for (Ask ask : asks(next, action)) {
                asks.add(ask);
                then = then.sent(ask);
            }
        }
        boolean known =
                event instanceof Event.Won
                        || next instanceof State.Committing
                        || (next.equals(state) && !(event instanceof Event.Started));
        if (!known && (!step.actions().isEmpty() || over)) {
            if (fenced) {
                return world.monitor(null);
            }
            if (!next.equals(world.journal())) {
                writing.add(world.monitor(null).lateJournal(next));
            }
            then = then.journal(next);
        }
        return then.monitor(new Monitor(next, Set.copyOf(asks)));
    }

    private List<Ask> asks(State state, Action action) {
        return switch (action) {
            case Action.Perform(Phase phase) -> List.of(new Ask.Work(phase));
            case Action.HandOver() -> List.of(new Ask.HandOver(), new Ask.Vote());
            case Action.RollBack(long epoch) -> List.of(new Ask.RollBack(epoch));
            case Action.CompareAndSet(Active expected, Active now) -> {
                State ifWon = Worlds.canonical(steps.step(state, new Event.Won(now)).next());
                yield List.of(new Ask.Cas(expected, now, ifWon));
            }
        };
    }

    private static Monitor monitor(World world) {
        Monitor monitor = world.monitor();
        if (monitor == null) {
            throw new IllegalStateException("There is no monitor");
        }
        return monitor;
    }

    private static void add(
            List<Change> changes, String what, @Nullable Object whom, boolean fault, World next) {
        changes.add(new Change(what, whom, fault, next));
    }
}
