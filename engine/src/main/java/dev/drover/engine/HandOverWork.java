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
    void perform(MovePlan plan, Consumer<Event> events) {
        try {
            record.proveQuorum();
            Thread.ofVirtual()
                    .name("vote-" + plan.id())
                    .start(() -> events.accept(targetVote(plan)));
            events.accept(
                    switch (source.handOver(plan)) {
                        case PauseEnd.Voted _ -> new Event.Voted(Role.SOURCE);
                        case PauseEnd.GaveUp(Phase in, String why) -> new Event.Failed(in, why);
                    });
        } catch (HostFailure | HostUnreachable e) {
            events.accept(new Event.Failed(Phase.HOLD, String.valueOf(e.getMessage())));
        }
    }

    private Event targetVote(MovePlan plan) {
        try {
            target.vote(plan);
            return new Event.Voted(Role.TARGET);
        } catch (HostFailure | HostUnreachable e) {
            return new Event.Failed(Phase.VOTE, String.valueOf(e.getMessage()));
        }
    }
}
