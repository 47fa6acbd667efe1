package dev.drover.engine;

import dev.drover.engine.FakeCluster.Qemu;
import java.util.concurrent.CountDownLatch;

/** The engine's fakes. */
final class FakeHosts extends TwoHosts {
    private final FakeCluster cluster = new FakeCluster(PLAN);

    @Override
    protected SourceHost source() {
        return cluster.source;
    }

    @Override
    protected TargetHost target() {
        return cluster.target;
    }

    @Override
    protected boolean runsOnSource() {
        return cluster.locked(cluster.source::qemu) == Qemu.RUNNING;
    }

    @Override
    protected boolean runsOnTarget() {
        return cluster.locked(cluster.target::qemu) == Qemu.RUNNING;
    }

    @Override
    protected boolean sourceHasVm() {
        return cluster.locked(cluster.source::qemu) != Qemu.NONE;
    }

    @Override
    protected boolean targetHasVm() {
        return cluster.locked(cluster.target::qemu) != Qemu.NONE;
    }

    @Override
    protected void targetGuestDies() {
        cluster.target.die();
    }

    @Override
    protected void lastRoundWaits(CountDownLatch asked, CountDownLatch answer) {
        cluster.link(
                new ScriptedLink()
                        .on(
                                "target.pullLastRound",
                                (host, effect) -> {
                                    asked.countDown();
                                    try {
                                        answer.await();
                                    } catch (InterruptedException e) {
                                        throw new HostUnreachable("Given up", host, e);
                                    }
                                    return effect.get();
                                }));
    }
}
