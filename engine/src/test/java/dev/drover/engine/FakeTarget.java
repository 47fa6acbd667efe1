package dev.drover.engine;

import dev.drover.engine.FakeCluster.Qemu;
import dev.drover.protocol.MovePlan;
import java.util.List;

/** The second host: its agent, which keeps its duties, and its QEMU. */
final class FakeTarget implements TargetHost {
    private final FakeCluster cluster;
    private Qemu qemu = Qemu.NONE;
    private boolean voted;
    private boolean resumed;
    private boolean gaveBack;
    private boolean discarded;
    private boolean ran;
    private boolean delivered;
    private boolean settled;

    FakeTarget(FakeCluster cluster) {
        this.cluster = cluster;
    }

    Qemu qemu() {
        return qemu;
    }

    boolean voted() {
        return voted;
    }

    boolean ran() {
        return ran;
    }

    boolean delivered() {
        return delivered;
    }

    /** Its QEMU dies, if the guest has not run yet. */
    void die() {
        cluster.locked(() -> qemu = qemu == Qemu.NONE || ran ? qemu : Qemu.DEAD);
    }

    @Override
    public void instantiate(MovePlan plan) {
        cluster.call(
                "target.instantiate",
                this,
                () -> {
                    must(!discarded && qemu != Qemu.DEAD, "instantiate what is over");
                    qemu = qemu == Qemu.NONE ? Qemu.INCOMING : qemu;
                });
    }

    @Override
    public void pull(MovePlan plan) {
        cluster.call("target.pull", this, () -> must(qemu == Qemu.INCOMING, "pull"));
    }

    @Override
    public void pullRound(MovePlan plan, RoundOffer offer) {
        cluster.call("target.pullRound", this, () -> must(qemu == Qemu.INCOMING, "pull"));
    }

    @Override
    public void pullLastRound(MovePlan plan, RoundOffer offer) {
        cluster.call("target.pullLastRound", this, () -> must(qemu == Qemu.INCOMING, "pull"));
    }

    /** By the source, under the lock. */
    void load() {
        must(qemu == Qemu.INCOMING, "load the memory");
        qemu = Qemu.LOADED;
    }

    @Override
    public void vote(MovePlan plan) {
        cluster.call(
                "target.vote",
                this,
                () -> {
                    cluster.await("the memory", this, () -> voted || qemu != Qemu.INCOMING);
                    must(voted || qemu == Qemu.LOADED, "vote");
                    voted = true;
                });
    }

    @Override
    public void resume(MovePlan plan) {
        cluster.call("target.resume", this, this::resumed);
    }

    private void resumed() {
        if (gaveBack || discarded || (qemu == Qemu.DEAD && !resumed)) {
            gaveBack = true;
            throw new GuestNeverRan("Its process had died before it was resumed");
        }
        must(voted, "resume without a vote");
        resumed = true;
        ran = true;
        qemu = Qemu.RUNNING;
    }

    /** The guest cannot be resumed, and never was. */
    void giveBack() {
        cluster.locked(() -> {
            if (!resumed) {
                gaveBack = true;
                qemu = Qemu.DEAD;
            }
            return true;
        });
    }

    @Override
    public void deliver(MovePlan plan) {
        cluster.call(
                "target.deliver",
                this,
                () -> {
                    must(resumed, "deliver to a guest that never ran");
                    delivered = true;
                });
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return cluster.call("target.digest", this, () -> new ContentDigest(1, List.of("a")));
    }

    @Override
    public TargetFigures figures(MovePlan plan) {
        return cluster.call(
                "target.figures", this, () -> new TargetFigures(2, false, 0, 0, 0, 0, 0, 0, 0));
    }

    @Override
    public void settle(MovePlan plan) {
        cluster.call(
                "target.settle",
                this,
                () -> {
                    must(resumed, "settle a guest that never ran");
                    settled = true;
                });
    }

    @Override
    public void discard(MovePlan plan) {
        cluster.call(
                "target.discard",
                this,
                () -> {
                    if (!settled) {
                        discarded = true;
                        qemu = Qemu.NONE;
                    }
                });
    }

    private static void must(boolean can, String what) {
        if (!can) {
            throw new HostFailure("The target cannot " + what);
        }
    }

    @Override
    public void awaitReachable() {
        cluster.note("target is awaited");
    }
}
