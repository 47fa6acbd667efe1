package dev.drover.engine;

import dev.drover.protocol.State;

/** Keeps the state of a move durably. */
@FunctionalInterface
public interface MoveJournal {
    /** On return the state is on stable storage. */
    void persist(State state);
}
