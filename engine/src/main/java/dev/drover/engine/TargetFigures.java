package dev.drover.engine;

/**
 * What the second host measured in a move.
 *
 * @param resumeMicros when the guest was resumed, microseconds since the epoch by this host's clock
 * @param coldBoot true when the guest's process had died and it was booted anew from its disk
 * @param pulledBytes of disk content read from the source, image and rounds
 * @param rounds differential updates, the last one included
 * @param lastRoundBytes of the last one
 * @param volumeAllocatedBytes of the volume on this host's disk
 * @param injectedFrames of the source, delivered to the guest
 * @param ownFrames that reached this host first, delivered to the guest
 * @param lostFrames that could not be delivered
 */
public record TargetFigures(
        long resumeMicros,
        boolean coldBoot,
        long pulledBytes,
        int rounds,
        long lastRoundBytes,
        long volumeAllocatedBytes,
        long injectedFrames,
        long ownFrames,
        long lostFrames) {
    /** Of a side that has nothing more to tell. */
    public static final TargetFigures NONE = new TargetFigures(0, false, 0, 0, 0, 0, 0, 0, 0);
}
