package dev.drover.block;

/**
 * What a copy did.
 *
 * @param extentBytes bytes of the extents concerned, within the disk
 * @param lastEnd offset in bytes where the last extent ends; 0 when there was none
 * @param sentBytes of disk content that travelled, zeros told as such left out
 * @param writtenBytes of data written to the target
 * @param blocks stretches of data written to the target
 */
public record Outcome(
        long extentBytes, long lastEnd, long sentBytes, long writtenBytes, long blocks) {
    /**
     * The size of the extents as QEMU counts a dirty bitmap ({@code count} of BlockDirtyInfo): in
     * whole granules, the last of which may reach past the end of the disk.
     *
     * @param granularity of the bitmap in bytes, a power of two
     */
    public long countedBytes(long granularity) {
        long past = lastEnd % granularity;
        return past == 0 ? extentBytes : extentBytes + granularity - past;
    }
}
