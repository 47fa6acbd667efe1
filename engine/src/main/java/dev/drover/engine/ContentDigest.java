package dev.drover.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * SHA-256 (FIPS 180-4) of each 1 MiB of a disk.
 *
 * @param sizeBytes of the disk as the guest sees it
 * @param chunks hexadecimal, in order; the last chunk may be shorter
 */
public record ContentDigest(long sizeBytes, List<String> chunks) {
    /** Numbers of the chunks that differ; every chunk when the sizes do. */
    public List<Integer> differences(ContentDigest other) {
        List<Integer> differing = new ArrayList<>();
        for (int i = 0; i < Math.max(chunks.size(), other.chunks.size()); i++) {
            boolean same =
                    sizeBytes == other.sizeBytes
                            && i < chunks.size()
                            && i < other.chunks.size()
                            && chunks.get(i).equals(other.chunks.get(i));
            if (!same) {
                differing.add(i);
            }
        }
        return differing;
    }
}
