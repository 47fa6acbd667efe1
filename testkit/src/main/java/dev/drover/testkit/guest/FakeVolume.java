package dev.drover.testkit.guest;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Blocks of {@value #BLOCK_BYTES} bytes by their number, and which were written. Thread-safe. */
final class FakeVolume {
    static final int BLOCK_BYTES = 4096;

    private final long sizeBytes;
    private final Map<Long, byte[]> blocks;
    private NavigableSet<Long> written = new TreeSet<>();

    FakeVolume(long sizeBytes) {
        this(sizeBytes, new HashMap<>());
    }

    private FakeVolume(long sizeBytes, Map<Long, byte[]> blocks) {
        this.sizeBytes = sizeBytes;
        this.blocks = blocks;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    synchronized FakeVolume copy() {
        Map<Long, byte[]> copied = new HashMap<>();
        blocks.forEach((number, block) -> copied.put(number, block.clone()));
        return new FakeVolume(sizeBytes, copied);
    }

    synchronized void write(long offset, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            long number = (offset + i) / BLOCK_BYTES;
            blocks.computeIfAbsent(number, _ -> new byte[BLOCK_BYTES])[
                            (int) ((offset + i) % BLOCK_BYTES)] =
                    bytes[i];
            written.add(number);
        }
    }

    synchronized byte[] read(long offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            byte[] block = blocks.get((offset + i) / BLOCK_BYTES);
            bytes[i] = block == null ? 0 : block[(int) ((offset + i) % BLOCK_BYTES)];
        }
        return bytes;
    }

    /** The numbers of the blocks written since the last call. */
    synchronized NavigableSet<Long> cutWritten() {
        NavigableSet<Long> cut = written;
        written = new TreeSet<>();
        return cut;
    }
}
