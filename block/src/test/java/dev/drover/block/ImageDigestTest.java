package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImageDigestTest {
    private static final int MIB = 1 << 20;

    @Test
    void fileAndExportAgreeWithThePlainWay(@TempDir Path directory) throws Exception {
        MemoryDisk disk = new MemoryDisk(23 * MIB + 512);
        Random random = new Random(1);
        for (int chunk : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 20}) {
            byte[] bytes = new byte[1 + random.nextInt(MIB)];
            random.nextBytes(bytes);
            disk.put(chunk * MIB, bytes);
        }
        disk.put(18 * MIB, new byte[2 * MIB]); // Allocated, and zeros all the same.
        disk.put(23 * MIB, new byte[] {1});
        Path file = directory.resolve("disk.raw");
        Files.write(file, disk.content);
        List<String> expected = plain(disk.content);
        assertThat(ImageDigest.hex(ImageDigest.of(file))).isEqualTo(expected);
        try (ScriptedNbdServer server = disk.serve();
                NbdClient sparse = server.connect(NbdClient.ALLOCATION);
                NbdClient whole = server.connect()) {
            assertThat(ImageDigest.hex(ImageDigest.of(sparse))).isEqualTo(expected);
            assertThat(disk.readBytes.get()).isLessThan(18L * MIB);
            assertThat(ImageDigest.hex(ImageDigest.of(whole))).isEqualTo(expected);
        }
    }

    @Test
    void anEmptyFileHasNoChunks(@TempDir Path directory) throws Exception {
        assertThat(ImageDigest.of(Files.createFile(directory.resolve("empty")))).isEmpty();
    }

    private static List<String> plain(byte[] content) throws Exception {
        List<String> digests = new ArrayList<>();
        for (int at = 0; at < content.length; at += MIB) {
            byte[] chunk = Arrays.copyOfRange(content, at, Math.min(at + MIB, content.length));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(chunk);
            digests.add(HexFormat.of().formatHex(digest));
        }
        return digests;
    }
}
