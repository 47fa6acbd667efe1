package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Both volumes are compared as of the commit, outside the pause. */
record VerifyPhase(SourceHost source, TargetHost target, Consumer<Verification> result)
        implements PhaseWork {
    @Override
    public void perform(MovePlan plan) {
        try {
            CompletableFuture<ContentDigest> there =
                    CompletableFuture.supplyAsync(
                            () -> target.digest(plan), r -> Thread.ofVirtual().start(r));
            ContentDigest here = source.digest(plan);
            result.accept(Verification.of(here, there.join()));
        } catch (HostFailure | java.util.concurrent.CompletionException e) {
            // What cannot be verified is reported as such; the VM runs all the same.
            result.accept(new Verification(false, "Not compared: " + e.getMessage()));
        }
    }
}
