package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Both volumes are compared as of the commit, outside the pause. */
record VerifyPhase(SourceHost source, TargetHost target, Consumer<Verification> result)
        implements PhaseWork {
    @Override
    public void perform(MovePlan plan) throws InterruptedException {
        try {
            CompletableFuture<ContentDigest> there =
                    CompletableFuture.supplyAsync(
                            () -> target.digest(plan), r -> Thread.ofVirtual().start(r));
            ContentDigest here = source.digest(plan);
            result.accept(Verification.of(here, there.get()));
        } catch (HostFailure e) {
            result.accept(notCompared(e));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HostUnreachable unreachable) {
                throw unreachable; // Its agent may only not have found the new leader yet.
            }
            result.accept(notCompared(e.getCause() == null ? e : e.getCause()));
        }
    }

    /** What cannot be verified is reported as such; the VM runs all the same. */
    private static Verification notCompared(Throwable why) {
        return new Verification(false, "Not compared: " + why.getMessage());
    }
}
