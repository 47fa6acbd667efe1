package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.engine.TargetHost;
import java.io.InputStream;
import java.io.OutputStream;

/** The second host of one move, whether the VM runs or rests. */
sealed interface SecondSide extends TargetHost permits TargetSide, RestingTarget {
    MoveOrder order();

    /** Serves the memory's stream to its end. */
    void receiveMemory(InputStream in, OutputStream out);

    /** Serves the held packets' stream to its end. */
    void receiveFrames(InputStream in, OutputStream out);

    @Override
    default void awaitReachable() {
        // It is this process.
    }
}
