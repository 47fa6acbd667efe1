package dev.drover.protocol;

import dev.drover.protocol.State.Verdict;
import dev.drover.protocol.World.Monitor;
import dev.drover.protocol.World.Qemu;
import dev.drover.protocol.World.Source;
import dev.drover.protocol.World.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must always hold (DESIGN.md), of one instant. */
final class Laws {
    private final MovePlan plan;

    Laws(MovePlan plan) {
        this.plan = plan;
    }

    /** The laws that {@code world} breaks, in words. */
    List<String> brokenBy(World world) {
        List<String> broken = new ArrayList<>();
        whoRuns(world, broken);
        theCommit(world, broken);
        theSource(world, broken);
        verdict(world, world.journal(), broken);
        Monitor monitor = world.monitor();
        if (monitor != null) {
            verdict(world, monitor.state(), broken);
        }
        return broken;
    }

    private void whoRuns(World world, List<String> broken) {
        boolean atSource = world.source().qemu() == Qemu.RUNNING;
        boolean atTarget = world.target().qemu() == Qemu.RUNNING;
        must(!(atSource && atTarget), "At most one host runs the guest", broken);
        must(
                !atSource || world.record().host().equals(plan.source()),
                "The source runs the guest only while the record names it",
                broken);
        must(
                !atTarget || world.record().equals(plan.committed()),
                "The target runs the guest only by the commit",
                broken);
        must(
                !(world.target().ran() && atSource),
                "What the guest wrote on the target is never taken back",
                broken);
        must(
                !(world.source().ranOn() && atTarget),
                "The target has all that the guest did on the source",
                broken);
    }

    private void theCommit(World world, List<String> broken) {
        boolean committed =
                world.record().equals(plan.committed()) || world.record().equals(plan.votedBack());
        must(
                !committed || (world.source().voted() && world.target().voted()),
                "The commit has two journaled votes",
                broken);
        must(
                world.source().epoch() <= world.record().epoch(),
                "The source resumes only by an epoch that was won for it",
                broken);
    }

    private void theSource(World world, List<String> broken) {
        Source source = world.source();
        Target target = world.target();
        must(
                !source.released() || (world.record().equals(plan.committed()) && target.ran()),
                "The source is untouched until the guest runs on the target",
                broken);
        must(
                !source.released() || target.delivered(),
                "The source keeps the packets until they are delivered",
                broken);
        must(!source.disordered(), "The phases of the pause are in order", broken);
        boolean fenced =
                source.qemu() == Qemu.FROZEN
                        || source.qemu() == Qemu.DEAD
                        || source.qemu() == Qemu.NONE;
        must(
                !source.voted() || source.epoch() > plan.epoch() || fenced,
                "A source that voted is frozen until it is rolled back",
                broken);
    }

    private void verdict(World world, State state, List<String> broken) {
        if (state instanceof State.Ended(var _, var _, Verdict verdict)) {
            boolean true_ =
                    switch (verdict) {
                        case Verdict.Moved(Active now) ->
                                world.record().equals(now)
                                        && world.source().released()
                                        && world.target().ran();
                        case Verdict.RolledBack(Active now, var _) ->
                                world.record().equals(now) && world.source().epoch() == now.epoch();
                        case Verdict.Superseded _ -> false;
                    };
            must(true_, "The verdict is true", broken);
        }
    }

    /** Nothing goes on by itself any more: is it what was promised? */
    @Nullable String notSettled(World world) {
        Monitor monitor = world.monitor();
        if (monitor == null || !(monitor.state() instanceof State.Ended(_, _, Verdict verdict))) {
            return "The move stands still";
        }
        boolean atSource = world.source().qemu() == Qemu.RUNNING;
        boolean atTarget = world.target().qemu() == Qemu.RUNNING;
        if (atSource == atTarget) {
            return "Not exactly one host runs the guest in the end";
        }
        if (atSource && world.target().qemu() != Qemu.NONE) {
            return "The target's allocation is left over";
        }
        return verdict instanceof Verdict.Moved == atTarget ? null : "The verdict is wrong";
    }

    private static void must(boolean holds, String law, List<String> broken) {
        if (!holds) {
            broken.add(law);
        }
    }
}
