package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/**
 * The second host of a move. Every call may be repeated, and may arrive late: what was done before
 * answers that it is done, also when its object is gone. Each throws {@link HostFailure} (it said
 * no) or {@link HostUnreachable} (nothing is known).
 *
 * <p>As long as this host has an allocation that a move made, it asks for the VM's record now and
 * then, and discards the allocation when that is beyond {@code plan.epoch()} and names another.
 */
public interface TargetHost extends Reachable {
    /**
     * The claim's <em>instantiate</em> message: allocate by the first host's configuration. Refuses
     * before anything is made when something does not fit, or when this move was discarded here.
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
     * is booted anew. That it may have run is journaled before the first {@code cont}.
     *
     * @throws GuestNeverRan when it cannot, and it is proven that it never ran here. That is
     *     journaled first; the guest is never run here by this move again, and every further call
     *     throws the same, also after {@link #discard}
     */
    void resume(MovePlan plan);

    /**
     * Delivers the source's packets in order, then this host's own; the gate is open then. When the
     * guest has died since it was resumed they are counted as lost; that is no failure.
     */
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
