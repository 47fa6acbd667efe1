package dev.drover.block;

/**
 * How a copy is cut up.
 *
 * @param requestBytes size of a read in bytes, a power of two, 4 KiB to 8 MiB
 * @param inFlight reads under way at once, and as many writes, 1 to 64; beyond that a server may
 *     lock up (see {@link NbdClient})
 * @param zeroBytes zeros are looked for in blocks of this many bytes, a power of two, 512 to {@code
 *     requestBytes}
 */
public record CopySettings(int requestBytes, int inFlight, int zeroBytes) {
    /** For much data at once: 256 KiB x 16 was faster than 1 MiB x 4. */
    public static final CopySettings IMAGE = new CopySettings(256 << 10, 16, 4096);

    /** For scattered blocks: more of them on the way at a time, in as much memory. */
    public static final CopySettings ROUND = new CopySettings(64 << 10, 64, 4096);

    /** Throws {@link IllegalArgumentException} naming what is out of its range. */
    public CopySettings {
        require(requestBytes, 4096, 8 << 20, "A request has");
        require(zeroBytes, 512, requestBytes, "A zero block has");
        if (inFlight < 1 || inFlight > 64) {
            throw new IllegalArgumentException("1 to 64 requests are in flight, not " + inFlight);
        }
    }

    private static void require(int bytes, int least, int most, String what) {
        if (bytes < least || bytes > most || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException(
                    "%s %d to %d bytes, a power of two, not %d"
                            .formatted(what, least, most, bytes));
        }
    }
}
