package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/**
 * The second host of a move. Each call throws {@link HostFailure} (it said no) or {@link
 * HostUnreachable} (nothing is known).
 *
 * <p>Up to the vote each call is made once, in the order of the phases: where one fails, the move
 * is undone. From the vote on every call may be repeated. What is late, since {@link #settle} or
 * {@link #discard} have overtaken it, does nothing; these two and {@link #figures} answer also when
 * all is done, or gone. The first of these two counts.
 *
 * <p>A host that has voted keeps its allocation until it is told which of the two it shall do.
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
     * @throws GuestNeverRan when it cannot, and it is proven that it never ran here: its process is
     *     dead, and no {@code cont} was journaled. The guest is never run here by this move again,
     *     and every further call throws the same, also after {@link #discard} until the agent is
     *     restarted
     * @throws HostFailure also when this host has not voted
     */
    void resume(MovePlan plan);

    /**
     * Delivers the source's packets in order, then this host's own; the gate is open then. When the
     * guest has died since it was resumed they are counted as lost; that is no failure. Refused
     * when it was not resumed.
     */
    void deliver(MovePlan plan);

    /** Hashes of the volume's content as of the commit, in chunks of 1 MiB. */
    ContentDigest digest(MovePlan plan);

    /** What this side measured. */
    TargetFigures figures(MovePlan plan);

    /**
     * The move is over on this side: what only the move needed is removed, the VM stays. Refused
     * when the guest was not resumed.
     */
    void settle(MovePlan plan);

    /** Removes the allocation: the move was undone. */
    void discard(MovePlan plan);
}
