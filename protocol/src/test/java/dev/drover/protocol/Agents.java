package dev.drover.protocol;

import dev.drover.protocol.State.PauseEnd;
import dev.drover.protocol.World.Qemu;
import dev.drover.protocol.World.Source;
import dev.drover.protocol.World.Target;
import java.util.Set;

/** What the two agents do with a message, as far as they keep their duties. */
final class Agents {
    private final MovePlan plan;
    private final Stepping steps;
    private final Set<Duty> duties;

    Agents(MovePlan plan, Stepping steps, Set<Duty> duties) {
        this.plan = plan;
        this.steps = steps;
        this.duties = duties;
    }

    enum Answer {
        DONE,
        NO,
        NEVER_RAN,
        NOT_YET,
        AWAY
    }

    record Reply(World world, Answer answer) {}

    /** A message arrives at the host, or hosts, that it is for. */
    Reply receive(World world, Ask ask) {
        return switch (ask) {
            case Ask.Work(Phase p) when p == Phase.INSTANTIATE || p == Phase.RESUME ->
                    atTarget(world, p == Phase.RESUME ? resume(world) : instantiate(world));
            case Ask.Work(Phase p) when p == Phase.DELIVER -> atTarget(world, deliver(world));
            case Ask.Work(Phase p) when p == Phase.RELEASE -> release(world);
            case Ask.Work(Phase p) -> bulk(world, p);
            case Ask.HandOver _ -> atSource(world, handOver(world));
            case Ask.Vote _ -> atTarget(world, vote(world));
            case Ask.RollBack(long epoch) -> atSource(world, rollBack(world, epoch));
            case Ask.Discard _ -> atTarget(world, discard(world));
            case Ask.Cas _ -> throw new IllegalArgumentException("Not for an agent: " + ask);
        };
    }

    private static Reply atSource(World world, Reply ifUp) {
        return world.source().up() ? ifUp : new Reply(world, Answer.AWAY);
    }

    private static Reply atTarget(World world, Reply ifUp) {
        return world.target().up() ? ifUp : new Reply(world, Answer.AWAY);
    }

    private static Reply reply(World world, boolean done) {
        return new Reply(world, done ? Answer.DONE : Answer.NO);
    }

    private Reply instantiate(World world) {
        Target target = world.target();
        if (target.discarded()) {
            return keeps(Duty.TARGET_REMEMBERS_DISCARD)
                    ? reply(world, false)
                    : reply(world.target(Target.EMPTY.qemu(Qemu.INCOMING)), true);
        }
        return target.qemu() == Qemu.NONE
                ? reply(world.target(target.qemu(Qemu.INCOMING)), true)
                : reply(world, target.qemu() != Qemu.DEAD);
    }

    /** SNAPSHOT, PULL, PRECOPY, VERIFY: they leave no trace that this model has. */
    private Reply bulk(World world, Phase phase) {
        Source source = world.source();
        if (!source.up() || (phase != Phase.SNAPSHOT && !world.target().up())) {
            return new Reply(world, Answer.AWAY);
        }
        boolean sends = source.qemu() == Qemu.RUNNING && source.epoch() == plan.epoch();
        boolean takes = world.target().qemu() == Qemu.INCOMING;
        return reply(world, phase == Phase.VERIFY || (sends && (phase == Phase.SNAPSHOT || takes)));
    }

    private Reply handOver(World world) {
        Source source = world.source();
        boolean old = source.epoch() != plan.epoch();
        if (source.released() || (old && keeps(Duty.SOURCE_REFUSES_OLD_HAND_OVER))) {
            return reply(world, false);
        }
        State pause = source.pause();
        if (pause == null) {
            State begun = steps.step(Move.beginPause(plan), new Event.Started()).next();
            return new Reply(world.source(source.pause(begun, begun)), Answer.NOT_YET);
        }
        return pause instanceof State.Paused(var _, PauseEnd end)
                ? reply(world, end instanceof PauseEnd.Voted)
                : new Reply(world, Answer.NOT_YET);
    }

    private Reply vote(World world) {
        Target target = world.target();
        if (target.voted()) {
            return reply(world, true);
        }
        if (target.qemu() == Qemu.LOADED) {
            return reply(
                    keeps(Duty.VOTE_IS_JOURNALED) ? world.target(target.withVote()) : world, true);
        }
        return target.qemu() == Qemu.INCOMING
                ? new Reply(world, Answer.NOT_YET)
                : reply(world, false);
    }

    private Reply resume(World world) {
        Target target = world.target();
        if (target.discarded() || (target.gaveBack() && keeps(Duty.TARGET_KEEPS_ITS_WORD))) {
            return new Reply(
                    world, keeps(Duty.NEVER_RAN_IS_REPEATED) ? Answer.NEVER_RAN : Answer.NO);
        }
        return switch (target.qemu()) {
            case RUNNING -> reply(world, true);
            case LOADED -> reply(world.target(resumed(target).qemu(Qemu.RUNNING)), true);
            case DEAD ->
                    target.resumed() || target.gaveBack()
                            ? reply(world.target(target.qemu(Qemu.RUNNING)), true)
                            : neverRan(world);
            case NONE, INCOMING, STOPPED, FROZEN -> reply(world, false);
        };
    }

    /** The journal of the target once it has set out to resume. */
    Target resumed(Target target) {
        return keeps(Duty.RESUME_IS_JOURNALED) ? target.withResumed() : target;
    }

    /** The target shows that it never ran the guest, and that its QEMU is dead. */
    Reply neverRan(World world) {
        return new Reply(world.target(world.target().withGivenBack()), Answer.NEVER_RAN);
    }

    /** Of a guest that has died meanwhile the packets are counted as lost. */
    private Reply deliver(World world) {
        Target target = world.target();
        boolean can = target.qemu() == Qemu.RUNNING || target.resumed();
        return reply(can ? world.target(target.withDelivered()) : world, can);
    }

    private Reply release(World world) {
        if (!world.source().up()) {
            return new Reply(world, Answer.AWAY);
        }
        if (world.source().released() && !keeps(Duty.REPEATED_WORK_IS_DONE)) {
            return reply(world, false);
        }
        World released = world.source(world.source().withReleased());
        return atTarget(released, reply(released, true));
    }

    private Reply rollBack(World world, long epoch) {
        Source source = world.source();
        boolean again = source.epoch() == epoch;
        if (source.released()
                || epoch < source.epoch()
                || (again && !keeps(Duty.REPEATED_WORK_IS_DONE))) {
            return reply(world, false);
        }
        Source back = again ? source : source.rolledBack(epoch);
        if (!keeps(Duty.ROLL_BACK_ENDS_THE_PAUSE)) {
            back = back.pause(source.pause(), source.pauseJournal());
        }
        return reply(
                back.qemu() == Qemu.RUNNING
                        ? world.source(back)
                        : world.source(back.qemu(Qemu.RUNNING)),
                true);
    }

    private static Reply discard(World world) {
        return reply(world.target(world.target().withDiscarded()), true);
    }

    /** The source's worker does the work of a phase of the pause. */
    Reply pauseWork(World world, Phase phase) {
        Source source = world.source();
        Target target = world.target();
        boolean takes = target.up() && target.qemu() == Qemu.INCOMING;
        boolean can =
                switch (phase) {
                    case HOLD, DRAIN -> source.qemu() == Qemu.RUNNING;
                    case STOP -> source.qemu() == Qemu.RUNNING || source.qemu() == Qemu.STOPPED;
                    case LAST_ROUND, LAST_MEMORY -> source.qemu() == Qemu.STOPPED && takes;
                    case VOTE -> source.qemu() == Qemu.STOPPED;
                    default -> throw new IllegalArgumentException("Not in the pause: " + phase);
                };
        if (!can) {
            return reply(world, false);
        }
        Source worked = source.worked(phase);
        return reply(
                switch (phase) {
                    case STOP -> world.source(worked.qemu(Qemu.STOPPED));
                    case LAST_MEMORY -> world.source(worked).target(target.qemu(Qemu.LOADED));
                    case VOTE -> world.source(worked.qemu(Qemu.FROZEN));
                    default -> world.source(worked);
                },
                true);
    }

    /** The source's agent is started anew. */
    Source restarted(Source source) {
        Source up = source.up(true);
        boolean dead =
                source.qemu() == Qemu.DEAD && !keeps(Duty.SOURCE_BOOTS_ONLY_WHEN_ROLLED_BACK);
        boolean still =
                (source.qemu() == Qemu.STOPPED || source.qemu() == Qemu.FROZEN)
                        && !keeps(Duty.SOURCE_WAITS_FOR_ROLL_BACK);
        if (dead || still) {
            up = up.qemu(Qemu.RUNNING);
        }
        State kept = source.pauseJournal();
        if (kept == null) {
            return up;
        }
        State next = Worlds.canonical(steps.step(kept, new Event.Started()).next());
        return up.pause(next, next);
    }

    private boolean keeps(Duty duty) {
        return duties.contains(duty);
    }
}
