package dev.drover.lab.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Compares a stream with what the guest sends: little-endian 64-bit words, word number n being
 * {@code mix(n)} of splitmix64 (unit.c and stream.c of the guest). Thread-safe.
 */
final class StreamCheck {
    private final ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    private long bytes;
    private long badBytes;

    /** The finalizer of splitmix64 (Steele, Lea, Flood), the same as in unit.c. */
    static long mix(long value) {
        long x = value;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }

    /** The next {@code length} bytes of the stream, in any portions. */
    synchronized void accept(byte[] buffer, int length) {
        for (int i = 0; i < length; i++) {
            int position = (int) (bytes & 7);
            if (position == 0) {
                word.putLong(0, mix(bytes >>> 3));
            }
            if (buffer[i] != word.get(position)) {
                badBytes++;
            }
            bytes++;
        }
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized long badBytes() {
        return badBytes;
    }
}
