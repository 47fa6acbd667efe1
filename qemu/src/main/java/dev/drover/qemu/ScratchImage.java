package dev.drover.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An empty qcow2 image, version 3 (docs/interop/qcow2.txt): header, refcount table, one refcount
 * block, an L1 table of zeros. Written here, because a QEMU that waits for its guest formats
 * nothing: its nodes are inactive.
 */
final class ScratchImage {
    private static final int MAGIC = 0x514649fb; // "QFI" 0xfb
    private static final int VERSION = 3;
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;
    private static final int HEADER_BYTES = 104;
    private static final int REFCOUNT_ORDER = 4; // 16 bits each

    /** What one entry of the L1 table stands for: an L2 table of one cluster. */
    private static final long L1_ENTRY_BYTES = (long) CLUSTER / 8 * CLUSTER;

    private ScratchImage() {}

    /**
     * Makes the file anew.
     *
     * @param sizeBytes as its reader sees it
     */
    static void create(Path file, long sizeBytes) throws IOException {
        long entries = Math.ceilDiv(sizeBytes, L1_ENTRY_BYTES);
        int tableClusters = (int) Math.ceilDiv(entries * 8, (long) CLUSTER);
        ByteBuffer image = ByteBuffer.allocate(3 * CLUSTER);
        image.putInt(MAGIC).putInt(VERSION);
        image.putLong(0).putInt(0); // no backing file named
        image.putInt(CLUSTER_BITS).putLong(sizeBytes).putInt(0); // not encrypted
        image.putInt((int) entries).putLong(3L * CLUSTER); // the L1 table
        image.putLong(CLUSTER).putInt(1); // the refcount table
        image.putInt(0).putLong(0); // no snapshots
        image.putLong(0).putLong(0).putLong(0); // no features
        image.putInt(REFCOUNT_ORDER).putInt(HEADER_BYTES);
        image.putLong(CLUSTER, 2L * CLUSTER);
        for (int used = 0; used < 3 + tableClusters; used++) {
            image.putShort(2 * CLUSTER + 2 * used, (short) 1);
        }
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            image.rewind();
            while (image.hasRemaining()) {
                channel.write(image);
            }
            channel.write(ByteBuffer.allocate(1), (3L + tableClusters) * CLUSTER - 1);
        }
    }
}
