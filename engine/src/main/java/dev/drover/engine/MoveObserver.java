package dev.drover.engine;

import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import java.time.Duration;

/** Watches a move; must neither block nor throw. */
public interface MoveObserver {
    /**
     * A phase begins, its state persisted; called before its work, and not again when that is tried
     * again.
     */
    void entering(State state, Phase phase);

    /** A phase is over. */
    void left(Phase phase, Duration took);
}
