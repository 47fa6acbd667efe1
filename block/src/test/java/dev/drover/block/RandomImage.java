package dev.drover.block;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Sparse images of a seed: holes, data, zeros within data, short and long stretches. */
final class RandomImage {
    private RandomImage() {}

    /** Makes a raw image. */
    static void make(Path file, long sizeBytes, int stretches, Random random) throws IOException {
        try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(sizeBytes);
            for (int i = 0; i < stretches; i++) {
                byte[] bytes = new byte[1 + random.nextInt(i % 7 == 0 ? 3_000_000 : 40_000)];
                if (i % 4 != 0) {
                    random.nextBytes(bytes);
                }
                if (i % 3 == 0 && bytes.length > 16384) {
                    Arrays.fill(bytes, 4096, 12288, (byte) 0);
                }
                long at = random.nextLong(sizeBytes - bytes.length);
                image.seek(i % 2 == 0 ? at & -4096L : at);
                image.write(bytes);
            }
        }
    }
}
