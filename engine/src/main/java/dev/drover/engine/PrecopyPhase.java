package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import java.time.Duration;

/**
 * Step 9: differential updates, while the memory travels beside them. Rounds follow each other
 * until the memory is ready for the pause, so that the last round is small.
 */
record PrecopyPhase(SourceHost source, TargetHost target) implements PhaseWork {
    /** Rounds cost processor time that guest and memory want too; four a second keep them small. */
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(250);

    @Override
    public void perform(MovePlan plan) throws InterruptedException {
        round(plan);
        source.sendMemory(plan);
        while (!source.awaitConverged(plan, BETWEEN_ROUNDS)) {
            round(plan);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        round(plan);
    }

    private void round(MovePlan plan) {
        RoundOffer offer = source.nextRound(plan);
        target.pullRound(plan, offer);
        source.endRound(plan);
    }
}
