package dev.drover.monitor;

import dev.drover.api.MoveOrder;
import dev.drover.protocol.Move;
import dev.drover.protocol.State;
import java.util.Optional;

/**
 * A move as the store keeps it: enough for another monitor to go on with it.
 *
 * @param times empty before it is first stored, and from a Drover that stored none
 */
record StoredMove(MoveOrder order, State state, Optional<MoveTimes> times) {
    /** One that is about to begin. */
    static StoredMove begun(MoveOrder order) {
        return new StoredMove(order, Move.begin(order.plan()), Optional.empty());
    }

    /** As it is for the monitor of another term. */
    StoredMove renewed(long term) {
        return new StoredMove(order.renewed(term), state, times);
    }
}
