package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/**
 * The second host of a move. Every call may be repeated. Each throws {@link HostFailure} (it said
 * no) or {@link HostUnreachable} (nothing is known).
 */
public interface TargetHost extends Reachable {
    /**
     * The claim's <em>instantiate</em> message: allocate by the first host's configuration. Refuses
     * before anything is made when something does not fit.
     */
    void instantiate(MovePlan plan);

    /** Mounts the source's image and pulls it into the volume. */
    void pull(MovePlan plan);

    /** Writes one differential update and syncs it. */
    void pullRound(MovePlan plan, RoundOffer offer);

    /** As {@link #pullRound}, the last one: the volume is whole then. */
    void pullLastRound(MovePlan plan, RoundOffer offer);

    /** Waits until memory and volume are whole, agreed and durable; journals the vote. */
    void vote(MovePlan plan);

    /**
     * The record names this host: the guest runs. When its process is dead and had run already, it
     * is booted anew.
     *
     * @throws GuestNeverRan when it cannot, and it is proven that it never ran here
     */
    void resume(MovePlan plan);

    /** Delivers the source's packets in order, then this host's own; the gate is open then. */
    void deliver(MovePlan plan);

    /** Hashes of the volume's content as of the commit, in chunks of 1 MiB. */
    ContentDigest digest(MovePlan plan);

    /** What this side measured. */
    TargetFigures figures(MovePlan plan);

    /** The move is over on this side: what only the move needed is removed, the VM stays. */
    void settle(MovePlan plan);

    /** Removes the allocation: the move was undone. */
    void discard(MovePlan plan);
}
