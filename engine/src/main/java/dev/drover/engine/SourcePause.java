package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/** The first host's work in the pause, as its own engine sees it: in this process. */
public interface SourcePause {
    /** Captures the packets for the VM from now on; each goes to the target at once. */
    void hold(MovePlan plan);

    /** Waits until the guest has taken the packets let through before, within the hold's lease. */
    void drain(MovePlan plan);

    /** Stops the guest and lets the rest of the memory flow. */
    void stop(MovePlan plan);

    /** Offers the last differential update. */
    RoundOffer lastRound(MovePlan plan);

    /** Completes the memory; the target has acknowledged all of it. */
    void lastMemory(MovePlan plan);

    /** Fences this side (output shut, process frozen) and journals the vote. */
    void vote(MovePlan plan);
}
