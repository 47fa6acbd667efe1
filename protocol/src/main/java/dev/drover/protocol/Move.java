package dev.drover.protocol;

import dev.drover.protocol.State.PauseEnd;
import dev.drover.protocol.State.Verdict;

/**
 * The move: what comes next. See {@link Phase} for the picture.
 *
 * <p>Rules that every transition keeps: nobody resumes a guest but after a won compare-and-set; a
 * compare-and-set whose outcome is unknown is sent again until it is known, since the record can
 * only be what this move wrote or what it expected; after the commit only a proof that the target
 * never ran the guest leads back.
 *
 * <p>For as long as a move is not over, nothing else writes the record of its VM. It goes {@code
 * before -> aborted} or {@code before -> committed [-> votedBack]} and never back, so a value as
 * old as the one expected is an old reading and proves nothing.
 *
 * <p>A failure before the commit leads to ABORT. From there on, and after the commit, failure leads
 * nowhere: the same action is asked for again, as often as it takes; the engine sets the pace.
 */
public final class Move {
    private Move() {}

    /** Where the monitor's engine begins. */
    public static State begin(MovePlan plan) {
        return new State.Instantiating(plan);
    }

    /** Where the source's engine begins when the move is handed over to it. */
    public static State beginPause(MovePlan plan) {
        return new State.Pausing(plan, Phase.HOLD);
    }

    /** What comes next. Total: an event that does not fit changes nothing. */
    public static Step step(State state, Event event) {
        return switch (state) {
            case State.Instantiating s -> early(s, event, new State.Snapshotting(s.plan()));
            case State.Snapshotting s -> early(s, event, new State.Pulling(s.plan()));
            case State.Pulling s -> early(s, event, new State.Precopying(s.plan()));
            case State.Precopying s -> precopying(s, event);
            case State.HandedOver s -> handedOver(s, event);
            case State.Pausing s -> pausing(s, event);
            case State.Paused s -> stay(s);
            case State.Committing s -> committing(s, event);
            case State.Resuming s -> resuming(s, event);
            case State.Delivering s -> delivering(s, event);
            case State.Verifying s -> late(s, event, new State.Releasing(s.plan()));
            case State.Releasing s -> releasing(s, event);
            case State.Aborting s -> aborting(s, event);
            case State.VotingBack s -> votingBack(s, event);
            case State.RollingBack s -> rollingBack(s, event);
            case State.Ended s -> stay(s);
        };
    }

    /** A phase that the monitor drives before the hold. Its work is not resumed after a crash. */
    private static Step early(State state, Event event, State next) {
        return switch (event) {
            case Event.Started _ when state instanceof State.Instantiating -> perform(state);
            case Event.Started _ ->
                    abort(state.plan(), "The monitor was restarted during the move");
            case Event.Done(Phase p) when p == state.phase() -> perform(next);
            case Event.Failed(Phase p, String why) when p == state.phase() ->
                    abort(state.plan(), why);
            case Event.Cancelled(String why) -> abort(state.plan(), why);
            case Event.Done _,
                    Event.Failed _,
                    Event.Voted _,
                    Event.Won _,
                    Event.Lost _,
                    Event.OutcomeUnknown _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    private static Step precopying(State.Precopying state, Event event) {
        if (event.equals(new Event.Done(Phase.PRECOPY))) {
            return Step.to(new State.HandedOver(state.plan(), false, false), new Action.HandOver());
        }
        return early(state, event, state);
    }

    private static Step handedOver(State.HandedOver state, Event event) {
        return switch (event) {
            case Event.Voted(Role by) -> {
                boolean source = state.sourceVoted() || by == Role.SOURCE;
                boolean target = state.targetVoted() || by == Role.TARGET;
                yield source && target
                        ? commit(state.plan())
                        : Step.to(new State.HandedOver(state.plan(), source, target));
            }
            case Event.Failed(Phase p, String why) when p.driver() == Role.SOURCE ->
                    abort(state.plan(), why);
            case Event.Cancelled(String why) -> abort(state.plan(), why);
            case Event.Started _ ->
                    abort(state.plan(), "The monitor was restarted during the move");
            case Event.Done _,
                    Event.Failed _,
                    Event.Won _,
                    Event.Lost _,
                    Event.OutcomeUnknown _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    /** The source's agent drives; whatever goes wrong is the monitor's to decide. */
    private static Step pausing(State.Pausing state, Event event) {
        return switch (event) {
            case Event.Started _ when state.phase() == Phase.HOLD -> perform(state);
            case Event.Started _ -> giveUp(state, "The source's agent was restarted");
            case Event.Done(Phase p) when p == state.phase() && p == Phase.VOTE ->
                    Step.to(new State.Paused(state.plan(), new PauseEnd.Voted()));
            case Event.Done(Phase p) when p == state.phase() ->
                    perform(new State.Pausing(state.plan(), p.nextInPause()));
            case Event.Failed(Phase p, String why) when p == state.phase() -> giveUp(state, why);
            case Event.Cancelled(String why) -> giveUp(state, why);
            case Event.Done _,
                    Event.Failed _,
                    Event.Voted _,
                    Event.Won _,
                    Event.Lost _,
                    Event.OutcomeUnknown _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    private static Step committing(State.Committing state, Event event) {
        MovePlan plan = state.plan();
        return switch (event) {
            case Event.Won(Active now) when now.equals(plan.committed()) ->
                    perform(new State.Resuming(plan));
            case Event.Lost(Active now) ->
                    lost(state, now, commit(plan), "The move had been aborted");
            case Event.OutcomeUnknown _, Event.Started _ -> commit(plan);
            case Event.Failed(Phase p, String _) when p == Phase.COMMIT -> commit(plan);
            case Event.Won _,
                    Event.Done _,
                    Event.Failed _,
                    Event.Voted _,
                    Event.Cancelled _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    /** The source's claim and the commit both expect {@code before}; what did they lose to? */
    private static Step lost(State state, Active now, Step again, String why) {
        MovePlan plan = state.plan();
        if (now.equals(plan.committed())) {
            return perform(new State.Resuming(plan));
        }
        if (now.equals(plan.aborted()) || now.equals(plan.votedBack())) {
            return rollBack(plan, now.epoch(), why);
        }
        if (isOld(now, plan.before())) {
            return again;
        }
        return superseded(state, now);
    }

    /** A record that is not beyond what was expected cannot be what the expectation failed on. */
    private static boolean isOld(Active now, Active expected) {
        return now.equals(expected) || now.epoch() < expected.epoch();
    }

    private static Step resuming(State.Resuming state, Event event) {
        if (event instanceof Event.NeverRan(String why)) {
            return voteBack(state.plan(), why);
        }
        return late(state, event, new State.Delivering(state.plan()));
    }

    private static Step delivering(State.Delivering state, Event event) {
        MovePlan plan = state.plan();
        return late(
                state,
                event,
                plan.verify() ? new State.Verifying(plan) : new State.Releasing(plan));
    }

    /** A phase after the commit: it is repeated until it is done; there is no way back from it. */
    private static Step late(State state, Event event, State next) {
        return switch (event) {
            case Event.Started _ -> perform(state);
            case Event.Failed(Phase p, String _) when p == state.phase() -> perform(state);
            case Event.Done(Phase p) when p == state.phase() -> perform(next);
            case Event.Done _,
                    Event.Failed _,
                    Event.Voted _,
                    Event.Cancelled _,
                    Event.Won _,
                    Event.Lost _,
                    Event.OutcomeUnknown _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    private static Step releasing(State.Releasing state, Event event) {
        if (event.equals(new Event.Done(Phase.RELEASE))) {
            Active now = state.plan().committed();
            return Step.to(new State.Ended(state.plan(), Phase.RELEASE, new Verdict.Moved(now)));
        }
        return late(state, event, state);
    }

    private static Step aborting(State.Aborting state, Event event) {
        MovePlan plan = state.plan();
        return switch (event) {
            case Event.Won(Active now) when now.equals(plan.aborted()) ->
                    rollBack(plan, now.epoch(), state.why());
            case Event.Lost(Active now) -> lost(state, now, abort(plan, state.why()), state.why());
            case Event.OutcomeUnknown _, Event.Started _ -> abort(plan, state.why());
            case Event.Failed(Phase p, String _) when p == Phase.ABORT -> abort(plan, state.why());
            case Event.Won _,
                    Event.Done _,
                    Event.Failed _,
                    Event.Voted _,
                    Event.Cancelled _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    private static Step votingBack(State.VotingBack state, Event event) {
        MovePlan plan = state.plan();
        return switch (event) {
            case Event.Won(Active now) when now.equals(plan.votedBack()) ->
                    rollBack(plan, now.epoch(), state.why());
            case Event.Lost(Active now) when now.equals(plan.votedBack()) ->
                    rollBack(plan, now.epoch(), state.why());
            case Event.Lost(Active now) when isOld(now, plan.committed()) ->
                    voteBack(plan, state.why());
            case Event.Lost(Active now) -> superseded(state, now);
            case Event.OutcomeUnknown _, Event.Started _ -> voteBack(plan, state.why());
            case Event.Failed(Phase p, String _) when p == Phase.VOTE_BACK ->
                    voteBack(plan, state.why());
            case Event.Won _,
                    Event.Done _,
                    Event.Failed _,
                    Event.Voted _,
                    Event.Cancelled _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    private static Step rollingBack(State.RollingBack state, Event event) {
        return switch (event) {
            case Event.Started _ -> rollBack(state.plan(), state.epoch(), state.why());
            case Event.Failed(Phase p, String _) when p == Phase.ROLL_BACK ->
                    rollBack(state.plan(), state.epoch(), state.why());
            case Event.Done(Phase p) when p == Phase.ROLL_BACK -> {
                Active now = new Active(state.plan().source(), state.epoch());
                yield Step.to(
                        new State.Ended(
                                state.plan(),
                                Phase.ROLL_BACK,
                                new Verdict.RolledBack(now, state.why())));
            }
            case Event.Done _,
                    Event.Failed _,
                    Event.Voted _,
                    Event.Cancelled _,
                    Event.Won _,
                    Event.Lost _,
                    Event.OutcomeUnknown _,
                    Event.NeverRan _ ->
                    stay(state);
        };
    }

    private static Step perform(State next) {
        return Step.to(next, new Action.Perform(next.phase()));
    }

    private static Step stay(State state) {
        return Step.to(state);
    }

    private static Step commit(MovePlan plan) {
        return Step.to(
                new State.Committing(plan),
                new Action.CompareAndSet(plan.before(), plan.committed()));
    }

    private static Step abort(MovePlan plan, String why) {
        return Step.to(
                new State.Aborting(plan, why),
                new Action.CompareAndSet(plan.before(), plan.aborted()));
    }

    private static Step voteBack(MovePlan plan, String why) {
        return Step.to(
                new State.VotingBack(plan, why),
                new Action.CompareAndSet(plan.committed(), plan.votedBack()));
    }

    private static Step rollBack(MovePlan plan, long epoch, String why) {
        return Step.to(new State.RollingBack(plan, epoch, why), new Action.RollBack(epoch));
    }

    private static Step giveUp(State.Pausing state, String why) {
        return Step.to(new State.Paused(state.plan(), new PauseEnd.GaveUp(state.phase(), why)));
    }

    private static Step superseded(State state, Active now) {
        return Step.to(new State.Ended(state.plan(), state.phase(), new Verdict.Superseded(now)));
    }
}
