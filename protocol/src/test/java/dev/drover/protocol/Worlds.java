package dev.drover.protocol;

import dev.drover.protocol.Agents.Answer;
import dev.drover.protocol.Agents.Reply;
import dev.drover.protocol.State.PauseEnd;
import dev.drover.protocol.State.Verdict;
import dev.drover.protocol.World.Monitor;
import dev.drover.protocol.World.Qemu;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which worlds can follow a world. The monitor and the source's agent run {@link Move#step}, or a
 * mutant of it, and persist as the engine does.
 */
final class Worlds {
    private final MovePlan plan;
    private final Stepping steps;
    private final Set<Duty> duties;
    private final Faults faults;
    private final Agents agents;
    private final Leader leader;
    private final Leader former;

    Worlds(MovePlan plan, Stepping steps, Set<Duty> duties, Faults faults) {
        this.plan = plan;
        this.steps = steps;
        this.duties = duties;
        this.faults = faults;
        this.agents = new Agents(plan, steps, duties);
        this.leader = new Leader(plan, steps, agents, false);
        this.former = new Leader(plan, steps, agents, faults.fenced());
    }

    /**
     * One change.
     *
     * @param what happened, and to whom
     * @param fault whether it is something that ends some day: a crash, a lost, late or repeated
     *     message, a cancel
     */
    record Change(String what, @Nullable Object whom, boolean fault, World next) {
        @Override
        public String toString() {
            return (fault ? "! " : "  ") + what + (whom == null ? "" : " " + whom);
        }
    }

    List<Change> after(World world) {
        List<Change> changes = new ArrayList<>();
        leaders(world, changes);
        lateWrites(world, changes);
        whatTheAgentsDoByThemselves(world, changes);
        theHostsFaults(world, changes);
        if (faults.hostsCrash()) {
            crashes(world, changes);
        }
        changes.removeIf(c -> c.next().equals(world));
        return changes;
    }

    private void leaders(World world, List<Change> changes) {
        Monitor monitor = world.monitor();
        if (monitor == null) {
            World up = leader.starts(faults.fenced() ? world.lateJournal(null) : world);
            add(changes, "the monitor starts", world.journal().phase(), false, up);
        } else {
            changes.addAll(leader.changes(world));
            if (faults.twoLeaders()
                    && world.former() == null
                    && !(monitor.state() instanceof State.Ended)) {
                World replaced = world.former(monitor).monitor(null);
                add(changes, "the leader is replaced unawares", null, true, replaced);
            }
        }
        if (world.former() != null) {
            World alone = world.former(null);
            add(changes, "the former leader learns that it is none", null, false, alone);
            for (Change change : former.changes(world.swapped())) {
                World next = change.next().swapped();
                add(changes, "of the former leader: " + change.what(), change.whom(), true, next);
            }
        }
    }

    private static void lateWrites(World world, List<Change> changes) {
        for (Ask.Cas cas : world.lateWrites()) {
            World rest = world.lateWrites(World.minus(world.lateWrites(), cas));
            add(changes, "a late write lands:", cas, true, Leader.land(rest, cas));
        }
        State late = world.lateJournal();
        if (late != null) {
            World landed = world.journal(late).lateJournal(null);
            add(changes, "a late write to the journal lands:", late.phase(), true, landed);
        }
    }

    private void whatTheAgentsDoByThemselves(World world, List<Change> changes) {
        if (!world.source().up()) {
            World up = world.source(agents.restarted(world.source()));
            add(changes, "the source's agent starts", null, false, up);
        } else if (world.source().pause() instanceof State.Pausing(var _, Phase phase)) {
            Reply reply = agents.pauseWork(world, phase);
            Event event =
                    reply.answer() == Answer.DONE
                            ? new Event.Done(phase)
                            : new Event.Failed(phase, "");
            add(changes, "the source works in", phase, false, tellPause(reply.world(), event));
        }
        whatTheTargetDoes(world, changes);
        if (duties.contains(Duty.ACTIVE_HOST_BOOTS_THE_DEAD)) {
            theActiveHostBoots(world, changes);
        }
    }

    private void whatTheTargetDoes(World world, List<Change> changes) {
        World.Target target = world.target();
        if (!target.up()) {
            add(changes, "the target's agent starts", null, false, world.target(target.up(true)));
        }
        boolean undone =
                world.record().host().equals(plan.source())
                        && world.record().epoch() > plan.epoch();
        if (target.up() && undone && duties.contains(Duty.TARGET_ASKS_WHAT_BECAME)) {
            World gone = world.target(target.withDiscarded());
            add(changes, "the target learns that the move is over", null, false, gone);
        }
    }

    private void theActiveHostBoots(World world, List<Change> changes) {
        World.Target target = world.target();
        if (target.up()
                && target.qemu() == Qemu.DEAD
                && target.resumed()
                && !target.gaveBack()
                && world.record().equals(plan.committed())) {
            World boots = world.target(target.qemu(Qemu.RUNNING));
            add(changes, "the target boots the guest", null, false, boots);
        }
        World.Source source = world.source();
        if (source.up()
                && source.qemu() == Qemu.DEAD
                && source.epoch() > plan.epoch()
                && world.record().equals(new Active(plan.source(), source.epoch()))) {
            World boots = world.source(source.qemu(Qemu.RUNNING));
            add(changes, "the source boots the guest", null, false, boots);
        }
    }

    private void theHostsFaults(World world, List<Change> changes) {
        World.Source source = world.source();
        for (Ask ask : world.sent()) {
            add(changes, "late, or once more:", ask, true, agents.receive(world, ask).world());
        }
        if (source.up() && source.pause() instanceof State.Pausing(var _, Phase phase)) {
            World failed = tellPause(world, new Event.Failed(phase, ""));
            add(changes, "the source fails in", phase, true, failed);
            World worked = agents.pauseWork(world, phase).world();
            World failedAfter = tellPause(worked, new Event.Failed(phase, ""));
            add(changes, "the source works, but fails in", phase, true, failedAfter);
        }
    }

    private void crashes(World world, List<Change> changes) {
        World.Source source = world.source();
        World.Target target = world.target();
        if (source.up()) {
            add(changes, "the source's agent crashes", null, true, world.source(source.up(false)));
            for (Ask ask : world.sent()) {
                if (ask instanceof Ask.RollBack(long epoch) && epoch > source.epoch()) {
                    World silent = world.source(source.rolledBack(epoch).up(false));
                    add(changes, "the source's agent crashes, rolling back", null, true, silent);
                }
            }
            if (source.pause() instanceof State.Pausing(var _, Phase phase)) {
                World worked = agents.pauseWork(world, phase).world();
                World crashed = worked.source(worked.source().up(false));
                add(changes, "the source's agent crashes, having worked in", phase, true, crashed);
            }
        }
        if (target.up()) {
            add(changes, "the target's agent crashes", null, true, world.target(target.up(false)));
        }
        if (source.qemu() != Qemu.NONE && source.qemu() != Qemu.DEAD) {
            World dead = world.source(source.qemu(Qemu.DEAD));
            add(changes, "the source's QEMU dies", null, true, dead);
        }
        if (target.qemu() != Qemu.NONE && target.qemu() != Qemu.DEAD) {
            World dead = world.target(target.qemu(Qemu.DEAD));
            add(changes, "the target's QEMU dies", null, true, dead);
        }
    }

    /**
     * The source's engine takes an event. From STOP on any restart gives up: no need to persist.
     */
    private World tellPause(World world, Event event) {
        World.Source source = world.source();
        State pause = source.pause();
        if (pause == null) {
            return world;
        }
        State next = canonical(steps.step(pause, event).next());
        boolean kept = next instanceof State.Pausing(var _, Phase p) && p.compareTo(Phase.STOP) > 0;
        return world.source(source.pause(next, kept ? source.pauseJournal() : next));
    }

    /** Without the words, which change nothing. */
    static State canonical(State state) {
        return switch (state) {
            case State.Aborting(var plan, var _) -> new State.Aborting(plan, "");
            case State.VotingBack(var plan, var _) -> new State.VotingBack(plan, "");
            case State.RollingBack(var plan, long epoch, var _) ->
                    new State.RollingBack(plan, epoch, "");
            case State.Paused(var plan, PauseEnd.GaveUp _) ->
                    new State.Paused(plan, new PauseEnd.GaveUp(Phase.HOLD, ""));
            case State.Ended(var plan, Phase phase, Verdict.RolledBack(Active now, var _)) ->
                    new State.Ended(plan, phase, new Verdict.RolledBack(now, ""));
            default -> state;
        };
    }

    private static void add(
            List<Change> changes, String what, @Nullable Object whom, boolean fault, World next) {
        changes.add(new Change(what, whom, fault, next));
    }
}
