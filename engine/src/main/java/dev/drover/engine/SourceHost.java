package dev.drover.engine;

import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State.PauseEnd;
import java.time.Duration;

/**
 * The first host of a move, as the monitor's engine sees it. Each call throws {@link HostFailure}
 * (it said no) or {@link HostUnreachable} (nothing is known).
 *
 * <p>Up to the hand-over each call is made once, in the order of the phases: where one fails, the
 * move is undone. From then on every call may be repeated. What is late, since {@link #rollBack} or
 * {@link #release} have overtaken it, is refused; these two and {@link #figures} answer also when
 * all is done, or gone.
 *
 * <p>During a move this host neither resumes nor boots the guest by itself, whatever has crashed:
 * it waits for {@link #rollBack}.
 */
public interface SourceHost extends Reachable {
    /**
     * The claim's <em>transfer</em> message: snapshot the disk with a dirty bitmap, offer the
     * image.
     */
    void transfer(MovePlan plan);

    /** Begins to send the memory to the target, the guest running. */
    void sendMemory(MovePlan plan);

    /** Offers the blocks written since the snapshot or the last round. */
    RoundOffer nextRound(MovePlan plan);

    /** Takes the offer back. */
    void endRound(MovePlan plan);

    /**
     * Waits until the rest of the memory is small enough for the pause.
     *
     * @return false when {@code atMost} passed first
     */
    boolean awaitConverged(MovePlan plan, Duration atMost);

    /**
     * Drives the phases from HOLD to VOTE; returns when the vote is durable or it gave up. Refused
     * when this host no longer runs the guest by {@code plan.epoch()}: such a call is late.
     */
    PauseEnd handOver(MovePlan plan);

    /**
     * Puts the guest back to work, the packets held so far delivered, everything of the move
     * removed. A guest whose process died is booted anew from its disk. The pause's engine, if
     * there is one, is cancelled first, and has returned before the guest is resumed; the epoch is
     * journaled last, so that whoever is restarted meanwhile is told again. Does nothing for an
     * epoch that is not above the journaled one.
     *
     * @param epoch of the record that was won for this host
     * @return what this side measured; {@link SourceFigures#NONE} when all was done before
     */
    SourceFigures rollBack(MovePlan plan, long epoch);

    /** Hashes of the volume's content, in chunks of 1 MiB. */
    ContentDigest digest(MovePlan plan);

    /** What this side measured. */
    SourceFigures figures(MovePlan plan);

    /** Removes the allocation: the VM lives elsewhere. */
    void release(MovePlan plan);
}
