package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import java.time.Duration;

/** Repeats what must be done, until it is: after the commit there is no other way. */
final class Retry {
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private Retry() {}

    /** Throws {@link GuestNeverRan} at once; every other failure is tried again. */
    static void untilDone(PhaseWork work, MovePlan plan) throws InterruptedException {
        while (true) {
            try {
                work.perform(plan);
                return;
            } catch (HostUnreachable e) {
                e.host().awaitReachable();
            } catch (GuestNeverRan e) {
                throw e;
            } catch (HostFailure e) {
                System.getLogger(Retry.class.getName())
                        .log(System.Logger.Level.WARNING, "Will try again: {0}", e.getMessage());
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }
}
