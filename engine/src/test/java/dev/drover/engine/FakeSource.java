package dev.drover.engine;

import dev.drover.engine.FakeCluster.Qemu;
import dev.drover.protocol.Event;
import dev.drover.protocol.Move;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import dev.drover.protocol.State.PauseEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first host: its agent, which keeps its duties, and its QEMU. */
final class FakeSource implements SourceHost, SourcePause {
    private final FakeCluster cluster;
    private Qemu qemu = Qemu.RUNNING;
    private long epoch;
    private boolean voted;
    private boolean released;
    private @Nullable State journal;
    private @Nullable Engine pause;
    private @Nullable Thread pauseThread;

    FakeSource(FakeCluster cluster) {
        this.cluster = cluster;
        this.epoch = cluster.plan.epoch();
    }

    Qemu qemu() {
        return qemu;
    }

    boolean voted() {
        return voted;
    }

    boolean released() {
        return released;
    }

    /** Its QEMU dies, if it has been in no move yet that is over. */
    void die() {
        cluster.locked(() -> qemu = epoch == cluster.plan.epoch() && !released ? Qemu.DEAD : qemu);
    }

    @Override
    public void transfer(MovePlan plan) {
        cluster.call(
                "source.transfer",
                this,
                () -> must(takesPart() && qemu == Qemu.RUNNING, "transfer"));
    }

    @Override
    public void sendMemory(MovePlan plan) {
        cluster.call(
                "source.sendMemory",
                this,
                () -> must(takesPart() && qemu == Qemu.RUNNING, "send memory"));
    }

    @Override
    public RoundOffer nextRound(MovePlan plan) {
        return cluster.call(
                "source.nextRound", this, () -> new RoundOffer(1, 4096, "export", "bitmap"));
    }

    @Override
    public void endRound(MovePlan plan) {
        cluster.call("source.endRound", this, () -> {});
    }

    @Override
    public boolean awaitConverged(MovePlan plan, Duration atMost) {
        return cluster.call("source.awaitConverged", this, () -> true);
    }

    /** The pause goes on whatever becomes of the caller. */
    @Override
    public PauseEnd handOver(MovePlan plan) {
        return cluster.call(
                "source.handOver",
                this,
                () -> {
                    must(takesPart() && !released, "take over at an old epoch");
                    beginPause();
                    cluster.await("the end of the pause", this, () -> pause == null);
                    return journal instanceof State.Paused(var _, PauseEnd end)
                            ? end
                            : new PauseEnd.GaveUp(Phase.HOLD, "The agent crashed");
                });
    }

    private void beginPause() {
        if (pause != null || journal instanceof State.Paused) {
            return;
        }
        Engine engine =
                new Engine(
                        journal == null ? Move.beginPause(cluster.plan) : journal,
                        Works.ofSource(this, cluster.target),
                        new Engine.Driver.PauseDriver(this::persist),
                        Watcher.NOBODY,
                        FakeCluster.AT_ONCE);
        pause = engine;
        pauseThread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                State end = engine.run();
                                cluster.locked(() -> journal = end);
                            } catch (InterruptedException _) {
                                // The agent crashed.
                            } finally {
                                cluster.locked(() -> pause = null);
                            }
                        });
    }

    private void persist(State state) {
        cluster.call(
                "source persists " + state.phase(),
                this,
                () -> {
                    journal = state;
                });
    }

    /** The agent is killed and started again; it takes its journal up. */
    void crash() {
        cluster.locked(() -> {
            if (pauseThread != null) {
                pauseThread.interrupt();
                cluster.await("the agent's end", this, () -> pause == null);
            }
            if (journal instanceof State.Pausing) {
                beginPause();
            }
            return true;
        });
    }

    @Override
    public void hold(MovePlan plan) {
        work("hold", Qemu.RUNNING, Qemu.RUNNING);
    }

    @Override
    public void drain(MovePlan plan) {
        work("drain", Qemu.RUNNING, Qemu.RUNNING);
    }

    @Override
    public void stop(MovePlan plan) {
        work("stop", Qemu.RUNNING, Qemu.STOPPED);
    }

    @Override
    public RoundOffer lastRound(MovePlan plan) {
        work("lastRound", Qemu.STOPPED, Qemu.STOPPED);
        return new RoundOffer(2, 4096, "export", "bitmap");
    }

    @Override
    public void lastMemory(MovePlan plan) {
        cluster.call(
                "source.lastMemory",
                this,
                () -> {
                    must(takesPart() && qemu == Qemu.STOPPED, "send the last memory");
                    cluster.target.load();
                });
    }

    @Override
    public void vote(MovePlan plan) {
        cluster.call(
                "source.vote",
                this,
                () -> {
                    must(takesPart() && qemu == Qemu.STOPPED, "vote");
                    qemu = Qemu.FROZEN;
                    voted = true;
                });
    }

    private void work(String name, Qemu from, Qemu to) {
        cluster.call(
                "source." + name,
                this,
                () -> {
                    must(takesPart() && qemu == from, name);
                    qemu = to;
                });
    }

    /** Not once the move is rolled back: what is late, or comes twice, is refused from then on. */
    private boolean takesPart() {
        return epoch == cluster.plan.epoch();
    }

    @Override
    public SourceFigures rollBack(MovePlan plan, long won) {
        cluster.call(
                "source.rollBack",
                this,
                () -> {
                    must(!released, "roll back what is released");
                    if (won <= epoch) {
                        return;
                    }
                    while (pause != null) {
                        Engine running = pause;
                        running.tell(new Event.Cancelled("It is rolled back"));
                        cluster.await("the pause's end", this, () -> pause != running);
                    }
                    epoch = won;
                    journal = null;
                    qemu = Qemu.RUNNING;
                });
        return SourceFigures.NONE;
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return cluster.call("source.digest", this, () -> new ContentDigest(1, List.of("a")));
    }

    @Override
    public SourceFigures figures(MovePlan plan) {
        return cluster.call(
                "source.figures",
                this,
                () ->
                        new SourceFigures(
                                1,
                                0,
                                false,
                                List.of(),
                                true,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                "precopy",
                                Optional.empty(),
                                4));
    }

    @Override
    public void release(MovePlan plan) {
        cluster.call(
                "source.release",
                this,
                () -> {
                    if (takesPart()) {
                        released = true;
                        qemu = Qemu.NONE;
                    }
                });
    }

    private static void must(boolean can, String what) {
        if (!can) {
            throw new HostFailure("The source cannot " + what);
        }
    }

    @Override
    public void awaitReachable() {
        cluster.note("source is awaited");
    }
}
