package dev.drover.protocol;

import dev.drover.protocol.State.Verdict;

/** Plausible mistakes: {@link Move#step} with one answer changed. Each must be found out. */
enum MoveMutant implements Stepping {
    COMMITS_ON_ONE_VOTE {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.HandedOver && event instanceof Event.Voted
                    ? commit(state)
                    : Move.step(state, event);
        }
    },
    COUNTS_THE_VOTE_OF_A_SOURCE_THAT_GAVE_UP {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.HandedOver && event instanceof Event.Failed
                    ? Move.step(state, new Event.Voted(Role.SOURCE))
                    : Move.step(state, event);
        }
    },
    RESUMES_ON_TWO_VOTES_WITHOUT_THE_RECORD {
        @Override
        public Step step(State state, Event event) {
            Step step = Move.step(state, event);
            return step.next() instanceof State.Committing && !(state instanceof State.Committing)
                    ? perform(new State.Resuming(state.plan()))
                    : step;
        }
    },
    TAKES_NO_ANSWER_FOR_A_WON_COMMIT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Committing && event instanceof Event.OutcomeUnknown
                    ? perform(new State.Resuming(state.plan()))
                    : Move.step(state, event);
        }
    },
    TAKES_NO_ANSWER_FOR_A_LOST_COMMIT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Committing && event instanceof Event.OutcomeUnknown
                    ? rollBack(state, state.plan().epoch() + 1)
                    : Move.step(state, event);
        }
    },
    TAKES_NO_ANSWER_FOR_A_WON_ABORT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Aborting && event instanceof Event.OutcomeUnknown
                    ? rollBack(state, state.plan().epoch() + 1)
                    : Move.step(state, event);
        }
    },
    TAKES_NO_ANSWER_FOR_A_WON_VOTE_BACK {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.VotingBack && event instanceof Event.OutcomeUnknown
                    ? rollBack(state, state.plan().epoch() + 2)
                    : Move.step(state, event);
        }
    },
    BELIEVES_AN_OLD_READING_IN_COMMIT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Committing
                            && event.equals(new Event.Lost(state.plan().before()))
                    ? rollBack(state, state.plan().epoch())
                    : Move.step(state, event);
        }
    },
    TAKES_AN_OLD_READING_FOR_ANOTHERS_WRITE {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Aborting
                            && event.equals(new Event.Lost(state.plan().before()))
                    ? superseded(state)
                    : Move.step(state, event);
        }
    },
    VOTES_BACK_ONCE_ONLY {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.VotingBack
                            && event.equals(new Event.Lost(state.plan().committed()))
                    ? superseded(state)
                    : Move.step(state, event);
        }
    },
    ABORTS_WITHOUT_THE_RECORD {
        @Override
        public Step step(State state, Event event) {
            Step step = Move.step(state, event);
            return step.next() instanceof State.Aborting && !(state instanceof State.Aborting)
                    ? rollBack(state, state.plan().epoch() + 1)
                    : step;
        }
    },
    ABORTS_AFTER_THE_COMMIT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Resuming && event instanceof Event.Cancelled
                    ? rollBack(state, state.plan().epoch() + 2)
                    : Move.step(state, event);
        }
    },
    ROLLS_BACK_WITHOUT_THE_TARGETS_VOTE {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Resuming && event instanceof Event.NeverRan
                    ? rollBack(state, state.plan().epoch() + 2)
                    : Move.step(state, event);
        }
    },
    VOTES_BACK_WITHOUT_PROOF {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Resuming && event instanceof Event.Failed
                    ? Move.step(state, new Event.NeverRan(""))
                    : Move.step(state, event);
        }
    },
    IGNORES_THAT_THE_TARGET_NEVER_RAN {
        @Override
        public Step step(State state, Event event) {
            return event instanceof Event.NeverRan ? stay(state) : Move.step(state, event);
        }
    },
    IGNORES_A_COMMIT_THAT_OVERTOOK_THE_ABORT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Aborting
                            && event.equals(new Event.Lost(state.plan().committed()))
                    ? superseded(state)
                    : Move.step(state, event);
        }
    },
    ROLLS_BACK_A_COMMIT_THAT_OVERTOOK_THE_ABORT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Aborting
                            && event.equals(new Event.Lost(state.plan().committed()))
                    ? rollBack(state, state.plan().epoch() + 1)
                    : Move.step(state, event);
        }
    },
    IGNORES_AN_ABORT_THAT_OVERTOOK_THE_COMMIT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Committing
                            && event.equals(new Event.Lost(state.plan().aborted()))
                    ? superseded(state)
                    : Move.step(state, event);
        }
    },
    IGNORES_A_RECORD_GIVEN_BACK_ALREADY {
        @Override
        public Step step(State state, Event event) {
            return (state instanceof State.Aborting || state instanceof State.Committing)
                            && event.equals(new Event.Lost(state.plan().votedBack()))
                    ? superseded(state)
                    : Move.step(state, event);
        }
    },
    ROLLS_BACK_TO_THE_OLD_EPOCH {
        @Override
        public Step step(State state, Event event) {
            Step step = Move.step(state, event);
            return step.next() instanceof State.RollingBack
                    ? rollBack(state, state.plan().epoch())
                    : step;
        }
    },
    ENDS_WHEN_THE_ABORT_IS_WON {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Aborting && event instanceof Event.Won(Active now)
                    ? end(state, new Verdict.RolledBack(now, ""))
                    : Move.step(state, event);
        }
    },
    FORGETS_A_FAILURE_AFTER_THE_COMMIT {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Delivering && event instanceof Event.Failed
                    ? stay(state)
                    : Move.step(state, event);
        }
    },
    FORGETS_A_FAILURE_OF_THE_ROLL_BACK {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.RollingBack && event instanceof Event.Failed
                    ? stay(state)
                    : Move.step(state, event);
        }
    },
    FORGETS_A_FAILURE_OF_THE_RECORD {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Committing && event instanceof Event.Failed
                    ? stay(state)
                    : Move.step(state, event);
        }
    },
    WAITS_FOR_VOTES_THAT_A_CRASH_LOST {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.HandedOver && event instanceof Event.Started
                    ? stay(state)
                    : Move.step(state, event);
        }
    },
    COMMITS_AGAIN_AFTER_A_CRASH {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.HandedOver && event instanceof Event.Started
                    ? commit(state)
                    : Move.step(state, event);
        }
    },
    RELEASES_BEFORE_THE_PACKETS_ARE_DELIVERED {
        @Override
        public Step step(State state, Event event) {
            return event.equals(new Event.Done(Phase.RESUME)) && state instanceof State.Resuming
                    ? perform(new State.Releasing(state.plan()))
                    : Move.step(state, event);
        }
    },
    DELIVERS_BEFORE_THE_RESUME {
        @Override
        public Step step(State state, Event event) {
            Step step = Move.step(state, event);
            return step.next() instanceof State.Resuming && state instanceof State.Committing
                    ? perform(new State.Delivering(state.plan()))
                    : step;
        }
    },
    VOTES_BEFORE_THE_MEMORY_IS_COMPLETE {
        @Override
        public Step step(State state, Event event) {
            return event.equals(new Event.Done(Phase.LAST_ROUND)) && state instanceof State.Pausing
                    ? perform(new State.Pausing(state.plan(), Phase.VOTE))
                    : Move.step(state, event);
        }
    },
    STOPS_WITHOUT_DRAINING {
        @Override
        public Step step(State state, Event event) {
            return event.equals(new Event.Done(Phase.HOLD)) && state instanceof State.Pausing
                    ? perform(new State.Pausing(state.plan(), Phase.STOP))
                    : Move.step(state, event);
        }
    },
    GOES_ON_WITH_A_PAUSE_THAT_A_CRASH_BROKE {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Pausing && event instanceof Event.Started
                    ? perform(new State.Pausing(state.plan(), Phase.VOTE))
                    : Move.step(state, event);
        }
    },
    FORGETS_A_FAILURE_IN_THE_PAUSE {
        @Override
        public Step step(State state, Event event) {
            return state instanceof State.Pausing && event instanceof Event.Failed
                    ? stay(state)
                    : Move.step(state, event);
        }
    },
    ALWAYS_ABORTS {
        @Override
        public Step step(State state, Event event) {
            return event.equals(new Event.Done(Phase.PRECOPY))
                    ? Move.step(state, new Event.Cancelled(""))
                    : Move.step(state, event);
        }
    };

    private static Step perform(State next) {
        return Step.to(next, new Action.Perform(next.phase()));
    }

    private static Step stay(State state) {
        return Step.to(state);
    }

    private static Step commit(State state) {
        return Move.step(new State.Committing(state.plan()), new Event.Started());
    }

    private static Step rollBack(State state, long epoch) {
        return Step.to(new State.RollingBack(state.plan(), epoch, ""), new Action.RollBack(epoch));
    }

    private static Step superseded(State state) {
        return end(state, new Verdict.Superseded(state.plan().before()));
    }

    private static Step end(State state, Verdict verdict) {
        return Step.to(new State.Ended(state.plan(), state.phase(), verdict));
    }
}
