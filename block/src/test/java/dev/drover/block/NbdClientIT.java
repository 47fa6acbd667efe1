package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against qemu-nbd and nbdkit. */
@Timeout(value = 120, threadMode = SEPARATE_THREAD)
class NbdClientIT {
    private static final int SIZE = 64 << 20;

    @TempDir private Path directory;

    /** Raw images interleave most: QEMU answers holes at once and data when it is read. */
    @ParameterizedTest
    @ValueSource(strings = {"raw", "qcow2"})
    void pipelinedReadsOfEverySizeAreRight(String format) throws Exception {
        Path raw = directory.resolve("disk.raw");
        RandomImage.make(raw, SIZE, 200, new Random(1));
        Path image = converted(raw, format);
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(raw));
        try (NbdProcess server =
                        NbdProcess.qemu("--read-only", "--format=" + format, image.toString());
                NbdClient client = server.connect()) {
            assertThat(client.size()).isEqualTo(SIZE);
            readAtRandom(client, content, new Random(2), 3000);
        }
    }

    @Test
    void nbdkitThatAnswersOutOfOrderIsReadRight() throws Exception {
        Path raw = directory.resolve("disk.raw");
        RandomImage.make(raw, SIZE, 200, new Random(3));
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(raw));
        try (NbdProcess server =
                        NbdProcess.nbdkit("--readonly", "--threads=8", "file", raw.toString());
                NbdClient client = server.connect()) {
            readAtRandom(client, content, new Random(4), 2000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "qcow2"})
    void writesZeroesAndFlushesArrive(String format) throws Exception {
        Path raw = directory.resolve("disk.raw");
        RandomImage.make(raw, SIZE, 100, new Random(5));
        Path image = converted(raw, format);
        byte[] content = Files.readAllBytes(raw);
        Random random = new Random(6);
        try (NbdProcess server = NbdProcess.qemu("--format=" + format, image.toString());
                NbdClient client = server.connect()) {
            ArrayDeque<NbdRequest> open = new ArrayDeque<>();
            for (int i = 0; i < 600; i++) {
                int length = 1 + random.nextInt(i % 9 == 0 ? 400_000 : 9000);
                int at = random.nextInt(SIZE - length);
                byte[] bytes = new byte[length];
                if (i % 5 == 0) {
                    open.add(client.startWriteZeroes(at, length));
                } else {
                    random.nextBytes(bytes);
                    open.add(client.startWrite(at, ByteBuffer.wrap(bytes)));
                }
                System.arraycopy(bytes, 0, content, at, length);
                // Overlapping writes must not be in flight together.
                while (i % 2 == 0 && !open.isEmpty()) {
                    client.await(open.removeFirst());
                }
                if (i % 2 == 1) {
                    client.await(open.removeLast());
                }
            }
            client.flush();
            readAtRandom(client, ByteBuffer.wrap(content), new Random(7), 500);
        }
        Path expected = directory.resolve("expected.raw");
        Files.write(expected, content);
        NbdProcess.run(
                "qemu-img",
                "compare",
                "-f",
                "raw",
                "-F",
                format,
                expected.toString(),
                image.toString());
    }

    @Test
    void allocationIsWhatNbdinfoTells() throws Exception {
        Path raw = directory.resolve("disk.raw");
        RandomImage.make(raw, SIZE, 60, new Random(8));
        try (NbdProcess server = NbdProcess.qemu("--read-only", "--format=raw", raw.toString());
                NbdClient client = server.connect(NbdClient.ALLOCATION)) {
            List<String> told = new ArrayList<>();
            for (Extent extent : client.extents(NbdClient.ALLOCATION, 0, SIZE)) {
                told.add(extent.offset() + " " + extent.length() + " " + extent.flags());
            }
            String map =
                    NbdProcess.run(
                            "nbdinfo", "--map", "nbd+unix:///disk?socket=" + server.socket());
            List<String> expected = new ArrayList<>();
            for (String line : map.strip().split("\n", -1)) {
                String[] words = line.strip().split("\\s+", -1);
                expected.add(words[0] + " " + words[1] + " " + words[2]);
            }
            assertThat(told).isEqualTo(expected).hasSizeGreaterThan(20);
        }
    }

    @Test
    void anErrorInTheMiddleLeavesTheConnectionUsable() throws Exception {
        Path trigger = directory.resolve("fail-now");
        try (NbdProcess server =
                        NbdProcess.nbdkit(
                                "--filter=error",
                                "memory",
                                "64M",
                                "error=ENOSPC",
                                "error-rate=100%",
                                "error-file=" + trigger);
                NbdClient client = server.connect()) {
            client.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            Files.createFile(trigger);
            assertThatThrownBy(() -> client.write(4096, ByteBuffer.allocate(4096)))
                    .isInstanceOf(NbdRequestException.class)
                    .hasMessageContaining("WRITE of 4096 bytes at offset 4096")
                    .hasMessageContaining("ENOSPC (no space left)")
                    .hasMessageContaining("Free space");
            assertThatThrownBy(() -> client.read(8192, ByteBuffer.allocate(512)))
                    .isInstanceOf(NbdRequestException.class);
            Files.delete(trigger);
            ByteBuffer bytes = ByteBuffer.allocate(3);
            client.read(0, bytes);
            assertThat(bytes.array()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aKilledServerEndsARequestThatWaits() throws Exception {
        try (NbdProcess server =
                        NbdProcess.nbdkit("--filter=delay", "memory", "64M", "delay-read=1000");
                NbdClient client = server.connect()) {
            NbdRequest read = client.startRead(4096, ByteBuffer.allocate(4096));
            Thread killer = Thread.ofVirtual().start(server::kill);
            assertThatThrownBy(() -> client.await(read))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("was lost in READ of 4096 bytes at offset 4096");
            killer.join();
        }
    }

    @Test
    void aReadOnlyExportRefusesToBeWritten() throws Exception {
        try (NbdProcess server = NbdProcess.nbdkit("--readonly", "memory", "1M");
                NbdClient client = server.connect()) {
            assertThat(client.isReadOnly()).isTrue();
            assertThatThrownBy(() -> client.startWriteZeroes(0, 512))
                    .hasMessageContaining("does not offer WRITE_ZEROES: the export is read-only");
            assertThatThrownBy(() -> client.write(0, ByteBuffer.allocate(512)))
                    .isInstanceOf(NbdRequestException.class)
                    .hasMessageContaining("EPERM");
        }
    }

    @Test
    void whoIsNotThereIsNamed() {
        assertThatThrownBy(() -> NbdClient.connect(directory.resolve("none"), "disk"))
                .isInstanceOf(NbdException.class)
                .hasMessageContaining("Cannot connect to the NBD server's socket " + directory);
    }

    private Path converted(Path raw, String format) throws IOException, InterruptedException {
        if (format.equals("raw")) {
            return Files.copy(raw, directory.resolve("image.raw"));
        }
        Path image = directory.resolve("image." + format);
        NbdProcess.run(
                "qemu-img", "convert", "-f", "raw", "-O", format, raw.toString(), image.toString());
        return image;
    }

    private static void readAtRandom(NbdClient client, ByteBuffer content, Random random, int reads)
            throws IOException {
        record Read(NbdRequest request, ByteBuffer into) {}
        ArrayDeque<Read> open = new ArrayDeque<>();
        for (int i = 0; i < reads || !open.isEmpty(); i++) {
            if (i < reads) {
                int length = 1 + random.nextInt(i % 5 == 0 ? 600_000 : 20_000);
                ByteBuffer into = ByteBuffer.allocateDirect(length);
                long at = random.nextInt(content.capacity() - length);
                open.add(new Read(client.startRead(at, into), into));
            }
            if (open.size() == 16 || i >= reads) {
                Read read = random.nextBoolean() ? open.removeFirst() : open.removeLast();
                client.await(read.request);
                int at = (int) read.request.offset();
                assertThat(read.into.mismatch(content.slice(at, read.into.capacity())))
                        .as("read %d: %s", i, read.request)
                        .isEqualTo(-1);
            }
        }
    }
}
