package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import java.time.Duration;

/**
 * Step 9: differential updates, while the memory travels beside them. Rounds follow each other
 * until the memory is ready for the pause, so that the last round is small.
 */
record PrecopyPhase(SourceHost source, TargetHost target) implements PhaseWork {
    /**
     * How long to look for convergence between two rounds; a round itself takes some milliseconds.
     */
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(20);

    @Override
    public void perform(MovePlan plan) throws InterruptedException {
        round(plan);
        source.sendMemory(plan);
        do {
            round(plan);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        } while (!source.awaitConverged(plan, BETWEEN_ROUNDS));
    }

    private void round(MovePlan plan) {
        RoundOffer offer = source.nextRound(plan);
        target.pullRound(plan, offer);
        source.endRound(plan);
    }
}
