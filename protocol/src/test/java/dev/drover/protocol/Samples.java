package dev.drover.protocol;

import dev.drover.protocol.State.PauseEnd;
import dev.drover.protocol.State.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One of each: every state that a move can be in, every event that it can be told. */
final class Samples {
    static final MovePlan PLAN = new MovePlan("m1", "vm", "h1", "h2", 5, false);
    static final MovePlan VERIFIED = new MovePlan("m1", "vm", "h1", "h2", 5, true);

    private Samples() {}

    static List<State> states(MovePlan plan) {
        List<State> all = new ArrayList<>();
        all.add(new State.Instantiating(plan));
        all.add(new State.Snapshotting(plan));
        all.add(new State.Pulling(plan));
        all.add(new State.Precopying(plan));
        for (boolean source : List.of(false, true)) {
            for (boolean target : List.of(false, true)) {
                all.add(new State.HandedOver(plan, source, target));
            }
        }
        Arrays.stream(Phase.values())
                .filter(p -> p.driver() == Role.SOURCE)
                .forEach(p -> all.add(new State.Pausing(plan, p)));
        all.add(new State.Paused(plan, new PauseEnd.Voted()));
        all.add(new State.Paused(plan, new PauseEnd.GaveUp(Phase.STOP, "why")));
        all.add(new State.Committing(plan));
        all.add(new State.Resuming(plan));
        all.add(new State.Delivering(plan));
        all.add(new State.Verifying(plan));
        all.add(new State.Releasing(plan));
        all.add(new State.Aborting(plan, "why"));
        all.add(new State.VotingBack(plan, "why"));
        all.add(new State.RollingBack(plan, plan.aborted().epoch(), "why"));
        all.add(new State.RollingBack(plan, plan.votedBack().epoch(), "why"));
        all.add(new State.Ended(plan, Phase.RELEASE, new Verdict.Moved(plan.committed())));
        all.add(
                new State.Ended(
                        plan, Phase.ROLL_BACK, new Verdict.RolledBack(plan.aborted(), "why")));
        all.add(new State.Ended(plan, Phase.COMMIT, new Verdict.Superseded(new Active("h3", 9))));
        return all;
    }

    static List<Event> events(MovePlan plan) {
        List<Event> all = new ArrayList<>();
        all.add(new Event.Started());
        all.add(new Event.Cancelled("why"));
        all.add(new Event.OutcomeUnknown("why"));
        all.add(new Event.NeverRan("why"));
        all.add(new Event.Voted(Role.SOURCE));
        all.add(new Event.Voted(Role.TARGET));
        for (Phase phase : Phase.values()) {
            all.add(new Event.Done(phase));
            all.add(new Event.Failed(phase, "why"));
        }
        for (Active now : records(plan)) {
            all.add(new Event.Won(now));
            all.add(new Event.Lost(now));
        }
        return all;
    }

    /** What the record can be read as, also by the slowest reader, and what it should never be. */
    static List<Active> records(MovePlan plan) {
        return List.of(
                new Active("h9", plan.epoch() - 1),
                plan.before(),
                plan.committed(),
                plan.aborted(),
                plan.votedBack(),
                new Active("h3", plan.epoch() + 7));
    }
}
