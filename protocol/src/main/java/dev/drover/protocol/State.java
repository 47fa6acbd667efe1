package dev.drover.protocol;

/**
 * What is known of a move in each phase; a record holds what exists only then. A state is persisted
 * before its actions are performed.
 */
public sealed interface State {
    /** What was asked for. */
    MovePlan plan();

    /** Where in the story this is. */
    Phase phase();

    /** The target allocates. */
    record Instantiating(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.INSTANTIATE;
        }
    }

    /** The source snapshots. */
    record Snapshotting(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.SNAPSHOT;
        }
    }

    /** The target pulls. */
    record Pulling(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.PULL;
        }
    }

    /** Memory and differential updates travel. */
    record Precopying(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.PRECOPY;
        }
    }

    /** The monitor waits for both votes while the source's agent drives {@link Pausing}. */
    record HandedOver(MovePlan plan, boolean sourceVoted, boolean targetVoted) implements State {
        @Override
        public Phase phase() {
            return Phase.HOLD;
        }
    }

    /** The source's agent is in one of the phases from HOLD to VOTE; known to that agent only. */
    record Pausing(MovePlan plan, Phase phase) implements State {
        public Pausing {
            if (phase.driver() != Role.SOURCE) {
                throw new IllegalArgumentException(phase + " is not driven by the source");
            }
        }
    }

    /** The source's agent has voted, or given up: its part in driving is over. */
    record Paused(MovePlan plan, PauseEnd end) implements State {
        @Override
        public Phase phase() {
            return Phase.VOTE;
        }
    }

    /**
     * Both votes are in; the compare-and-set is sent, and sent again until its outcome is known.
     */
    record Committing(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.COMMIT;
        }
    }

    /** The record names the target; it resumes the guest. */
    record Resuming(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.RESUME;
        }
    }

    /** The guest runs on the target. */
    record Delivering(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.DELIVER;
        }
    }

    /** Both volumes are compared. */
    record Verifying(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.VERIFY;
        }
    }

    /** The source lets go of its allocation. */
    record Releasing(MovePlan plan) implements State {
        @Override
        public Phase phase() {
            return Phase.RELEASE;
        }
    }

    /** The move shall not be; the source must win the record before anything is undone. */
    record Aborting(MovePlan plan, String why) implements State {
        @Override
        public Phase phase() {
            return Phase.ABORT;
        }
    }

    /** The target proved that it never ran the guest, and gives the record back. */
    record VotingBack(MovePlan plan, String why) implements State {
        @Override
        public Phase phase() {
            return Phase.VOTE_BACK;
        }
    }

    /** The record was won for the source at {@code epoch}; both sides are put in order. */
    record RollingBack(MovePlan plan, long epoch, String why) implements State {
        @Override
        public Phase phase() {
            return Phase.ROLL_BACK;
        }
    }

    /** Over. */
    record Ended(MovePlan plan, Phase phase, Verdict verdict) implements State {}

    /** How the source's agent ended its part. */
    sealed interface PauseEnd {
        /** It voted for the commit. */
        record Voted() implements PauseEnd {}

        /** It could not; the monitor decides what comes next, the guest stays as it is. */
        record GaveUp(Phase in, String why) implements PauseEnd {}
    }

    /** How a move ended. */
    sealed interface Verdict {
        /** The VM runs on the target. */
        record Moved(Active now) implements Verdict {}

        /** The VM stayed on the source. */
        record RolledBack(Active now, String why) implements Verdict {}

        /** The record names somebody else: this move has no say any more. */
        record Superseded(Active now) implements Verdict {}
    }
}
