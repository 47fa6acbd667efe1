package dev.drover.engine;

import dev.drover.protocol.Event;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.Role;
import dev.drover.protocol.State.PauseEnd;
import java.util.function.Consumer;

/**
 * The source's agent drives the pause; both votes come back to the monitor. A quorum is proven
 * first, since without one the votes could not be answered.
 */
record HandOverWork(SourceHost source, TargetHost target, ClusterRecord record) {
    /** Tells of both votes, or of the first failure; returns when both sides have answered. */
    void perform(MovePlan plan, Consumer<Event> events) throws InterruptedException {
        record.proveQuorum();
        Thread targetVote =
                Thread.ofVirtual()
                        .name("vote-" + plan.id())
                        .start(() -> events.accept(targetVote(plan)));
        try {
            events.accept(sourceVote(plan));
            targetVote.join();
        } finally {
            targetVote.interrupt();
        }
    }

    private Event sourceVote(MovePlan plan) {
        try {
            return switch (source.handOver(plan)) {
                case PauseEnd.Voted _ -> new Event.Voted(Role.SOURCE);
                case PauseEnd.GaveUp(Phase in, String why) -> new Event.Failed(in, why);
            };
        } catch (HostFailure | HostUnreachable e) {
            return new Event.Failed(Phase.HOLD, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            return new Event.Failed(Phase.HOLD, "Unexpected: " + e);
        }
    }

    private Event targetVote(MovePlan plan) {
        try {
            target.vote(plan);
            return new Event.Voted(Role.TARGET);
        } catch (HostFailure | HostUnreachable e) {
            return new Event.Failed(Phase.VOTE, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            return new Event.Failed(Phase.VOTE, "Unexpected: " + e);
        }
    }
}
