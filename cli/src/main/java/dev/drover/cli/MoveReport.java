package dev.drover.cli;

import dev.drover.lab.client.Verification;
import java.util.List;
import java.util.Optional;

/**
 * What a move did, as {@code --json} prints it (names in snake case). Every figure was measured;
 * sizes are bytes, times milliseconds.
 *
 * @param outcome {@code moved}, {@code rolled-back} or {@code superseded}
 * @param why in plain words, when it was not moved
 * @param coldBoot the guest's process died and it was booted anew from its disk
 * @param pauseMs STOP at the source to RESUME at the target, by QEMU's own events; 0 when the guest
 *     was not resumed on the target
 * @param guestGapMs the longest time in which the client, sending, got no answer
 * @param wireBytes both ways on the source's link to the other agents, by the interface's counters
 */
record MoveReport(
        String vm,
        String source,
        String target,
        ActiveHost active,
        String outcome,
        Optional<String> why,
        boolean coldBoot,
        double totalMs,
        double pauseMs,
        double guestGapMs,
        List<PhaseMs> phases,
        Packets packets,
        Tcp tcp,
        DiskReport disk,
        GuestReport guest,
        MemoryReport memory,
        long wireBytes,
        String accelerator) {

    /** The {@link #outcome} of a move that was one. */
    static final String MOVED = "moved";

    /** The record after the move. */
    record ActiveHost(String host, long epoch) {}

    /** A phase and what it took. */
    record PhaseMs(String name, double tookMs) {}

    /**
     * What the client saw of its packets, and the hosts held of them, or know to be lost.
     *
     * @param clientDrops lost for want of room in the client's own kernel
     * @param clientLateMs the longest that the client itself was late to send a packet
     */
    record Packets(
            long sent,
            long answered,
            long lost,
            long duplicated,
            long reordered,
            long buffered,
            long lostByHosts,
            double maxLatencyMs,
            long clientDrops,
            double clientLateMs) {}

    /** What the client saw of its stream; what the guest sent again, where it told. */
    record Tcp(long bytes, long badBytes, Optional<Long> retransmits, boolean unbroken) {}

    /** The disk. */
    record DiskReport(
            String format,
            long sizeBytes,
            long allocatedSourceBytes,
            long allocatedTargetBytes,
            long sentBytes,
            int rounds,
            boolean identical,
            String finding) {}

    /** What the guest found when it read again what it had written. */
    record GuestReport(
            long verifiedBlocks,
            long badBlocks,
            long verifiedPages,
            long badPages,
            Verification.BadKinds badKinds) {}

    /**
     * The memory.
     *
     * @param mode {@code precopy}, {@code single-pass}, or of a VM that rests {@code saved} or
     *     {@code none}
     * @param modeReason why in a single pass, in plain words; empty (null) otherwise
     */
    record MemoryReport(
            long sizeBytes,
            long sentBytes,
            String mode,
            Optional<String> modeReason,
            int dirtySyncs) {}

    /** The guest runs on the target, nothing was lost, and nothing that was verified is wrong. */
    boolean isFlawless() {
        return outcome.equals(MOVED)
                && active.host().equals(target)
                && !coldBoot
                && disk.identical()
                && isClean();
    }

    /** Guest and client had something to say: without it that nothing is wrong says little. */
    boolean isProven() {
        return packets.answered() > 0
                && tcp.bytes() > 0
                && guest.verifiedBlocks() > 0
                && guest.verifiedPages() > 0;
    }

    /** Nothing that was seen is wrong, wherever the guest runs. */
    boolean isClean() {
        return packets.lost() == 0
                && packets.lostByHosts() == 0
                && packets.duplicated() == 0
                && packets.reordered() == 0
                && hasGoodContent();
    }

    /** What the guest and the client read again is what had been written. */
    boolean hasGoodContent() {
        return tcp.badBytes() == 0
                && tcp.unbroken()
                && guest.badBlocks() == 0
                && guest.badPages() == 0;
    }
}
