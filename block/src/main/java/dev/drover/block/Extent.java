package dev.drover.block;

/**
 * A stretch of an export with one status throughout.
 *
 * @param offset in bytes from the start of the export
 * @param length in bytes, above 0
 * @param flags as the metadata context defines them, see {@link #isZero} and {@link #isDirty}
 */
public record Extent(long offset, long length, int flags) {
    /** Where the next extent begins. */
    public long end() {
        return offset + length;
    }

    /** In {@code base:allocation}: reads as zeros (NBD_STATE_ZERO). */
    public boolean isZero() {
        return (flags & Nbd.STATE_ZERO) != 0;
    }

    /** In {@code qemu:dirty-bitmap:NAME}: written since the bitmap was made (bit 0). */
    public boolean isDirty() {
        return (flags & Nbd.STATE_DIRTY) != 0;
    }
}
