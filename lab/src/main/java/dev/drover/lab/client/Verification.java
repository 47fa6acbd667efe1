package dev.drover.lab.client;

/**
 * What the guest found when it compared its disk and memory with what it had written.
 *
 * @param verifiedBlocks blocks of 4096 bytes read back from the disk, never written ones included
 * @param badBlocks of these
 * @param verifiedPages pages of 4096 bytes
 * @param badPages of these
 * @param badKinds what the bad pages are
 */
public record Verification(
        long verifiedBlocks, long badBlocks, long verifiedPages, long badPages, BadKinds badKinds) {
    /**
     * What bad pages are. Older ones tell of memory that got lost on the way, newer ones that this
     * befell the guest's own notes of what it wrote.
     *
     * @param older whole, but an earlier write than the guest noted
     * @param newer whole, but a later write than the guest noted
     * @param torn not whole, or zeros
     */
    public record BadKinds(long older, long newer, long torn) {
        /** There are none. */
        public static final BadKinds NONE = new BadKinds(0, 0, 0);
    }

    /** True when nothing was bad and something was looked at. */
    public boolean good() {
        return badBlocks == 0 && badPages == 0 && verifiedBlocks > 0 && verifiedPages > 0;
    }
}
