package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.engine.SourceHost;

/** The first host of one move, whether the VM runs or rests. */
sealed interface FirstSide extends SourceHost permits SourceSide, RestingSource {
    MoveOrder order();

    /** The streams that the target opens here. */
    SourceStreams streams();

    @Override
    default void awaitReachable() {
        // It is this process.
    }
}
