package dev.drover.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Finds zeros, by the JVM's vectorised comparison. */
final class ZeroBlocks {
    private static final int PAGE = 1 << 20;
    private static final MemorySegment ZEROS = Arena.global().allocate(PAGE).asReadOnly();

    private ZeroBlocks() {}

    /** Whether all bytes from {@code from} up to but not including {@code to} are zero. */
    static boolean isZero(MemorySegment memory, long from, long to) {
        // Most data shows itself at once.
        if (from < to && memory.get(ValueLayout.JAVA_BYTE, from) != 0) {
            return false;
        }
        for (long at = from; at < to; at += PAGE) {
            long end = Math.min(at + PAGE, to);
            if (MemorySegment.mismatch(memory, at, end, ZEROS, 0, end - at) >= 0) {
                return false;
            }
        }
        return true;
    }
}
