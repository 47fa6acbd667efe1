package dev.drover.monitor;

import dev.drover.api.MoveOrder;
import dev.drover.protocol.State;

/** A move as the store keeps it: enough for another monitor to go on with it. */
record StoredMove(MoveOrder order, State state) {}
