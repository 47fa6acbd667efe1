package dev.drover.protocol;

import java.util.List;

/**
 * The answer of {@link Move#step}.
 *
 * @param next to be persisted before anything is performed
 * @param actions to be performed then, in order
 */
public record Step(State next, List<Action> actions) {
    public Step {
        actions = List.copyOf(actions);
    }

    static Step to(State next, Action... actions) {
        return new Step(next, List.of(actions));
    }
}
