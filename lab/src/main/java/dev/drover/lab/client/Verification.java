package dev.drover.lab.client;

/**
 * What the guest found when it compared its disk and memory with what it had written.
 *
 * @param verifiedBlocks blocks of 4096 bytes read back from the disk, never written ones included
 * @param badBlocks of these
 * @param verifiedPages pages of 4096 bytes
 * @param badPages of these
 */
public record Verification(long verifiedBlocks, long badBlocks, long verifiedPages, long badPages) {
    /** True when nothing was bad and something was looked at. */
    public boolean good() {
        return badBlocks == 0 && badPages == 0 && verifiedBlocks > 0 && verifiedPages > 0;
    }
}
