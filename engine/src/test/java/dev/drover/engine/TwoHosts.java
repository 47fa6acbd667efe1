package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State.PauseEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * Both hosts of a move, for {@link SourceHostContract} and {@link TargetHostContract}: what stands
 * on them is asked beside the ports. The guest runs on the source; nothing of the move was done.
 */
public abstract class TwoHosts {
    /** Of the only move. */
    public static final MovePlan PLAN = new MovePlan("m1", "vm", "h1", "h2", 5, true);

    protected abstract SourceHost source();

    protected abstract TargetHost target();

    protected abstract boolean runsOnSource();

    protected abstract boolean runsOnTarget();

    /** Whether there is anything of the VM. */
    protected abstract boolean sourceHasVm() throws Exception;

    /** Whether there is anything of the VM. */
    protected abstract boolean targetHasVm() throws Exception;

    /** The process of the guest on the target dies. */
    protected abstract void targetGuestDies();

    /**
     * The target does not answer to {@link TargetHost#pullLastRound} for now.
     *
     * @param asked counted down when it is asked
     * @param answer when this is counted down it does as it was asked
     */
    protected abstract void lastRoundWaits(CountDownLatch asked, CountDownLatch answer);

    /** All phases before the hand-over, as the engine asks for them. */
    final void prepare() {
        target().instantiate(PLAN);
        source().transfer(PLAN);
        target().pull(PLAN);
        round();
        source().sendMemory(PLAN);
        while (!source().awaitConverged(PLAN, Duration.ofMillis(250))) {
            round();
        }
        round();
    }

    private void round() {
        target().pullRound(PLAN, source().nextRound(PLAN));
        source().endRound(PLAN);
    }

    /** {@link #prepare}, and both votes. */
    public final PauseEnd prepareAndVote() {
        prepare();
        var pause = meanwhile(() -> source().handOver(PLAN));
        target().vote(PLAN);
        return pause.join();
    }

    /** On a thread of its own: the common pool has too few for calls that wait for each other. */
    static <T> CompletableFuture<T> meanwhile(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, Thread::startVirtualThread);
    }
}
