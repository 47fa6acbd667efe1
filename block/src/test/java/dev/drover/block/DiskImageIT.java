package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskImageIT {
    private static final long SIZE = 64L << 20;

    @TempDir Path directory;

    private Path raw(String name) throws IOException {
        Path file = directory.resolve(name);
        try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(SIZE);
            disk.seek(510);
            disk.writeShort(0x55aa);
        }
        return file;
    }

    private Path qemu(String format, String... options) throws Exception {
        Path file = directory.resolve("disk." + format);
        var words = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", format));
        words.addAll(List.of(options));
        words.addAll(List.of(file.toString(), "64M"));
        String _ = NbdProcess.run(words.toArray(String[]::new));
        return file;
    }

    private static void refused(Path file, String... why) {
        assertThatThrownBy(() -> DiskImage.inspect(file))
                .isInstanceOf(VolumeException.class)
                .hasMessageContainingAll(why);
    }

    @Test
    void knowsRawAndQcow2() throws Exception {
        Path file = raw("disk.raw");
        assertThat(DiskImage.inspect(file)).isEqualTo(new DiskImage(file, VmSpec.Format.RAW, SIZE));
        Path qcow2 = qemu("qcow2");
        assertThat(DiskImage.inspect(qcow2))
                .isEqualTo(new DiskImage(qcow2, VmSpec.Format.QCOW2, SIZE));
    }

    @Test
    void refusesWhatIsNotThereOrNoFile() {
        refused(directory.resolve("none"), "there is no such file");
        refused(directory, "is not a file");
    }

    @Test
    void refusesWhatIsNoImage() throws Exception {
        Path text = directory.resolve("notes.txt");
        Files.writeString(text, "a shopping list\n".repeat(100));
        refused(text, "notes.txt", "is no disk image");
        Path empty = Files.createFile(directory.resolve("empty"));
        refused(empty, "is no disk image");
        refused(Files.write(directory.resolve("tiny"), new byte[300]), "is no disk image");
        Path odd = raw("odd.raw");
        try (var disk = new RandomAccessFile(odd.toFile(), "rw")) {
            disk.setLength(SIZE + 1);
        }
        refused(odd, "whole sectors");
    }

    @Test
    void refusesAFileThatWasCutShort() throws Exception {
        Path file = qemu("qcow2");
        String _ =
                NbdProcess.run("qemu-io", "-f", "qcow2", "-c", "write -P 7 0 8M", file.toString());
        assertThat(DiskImage.inspect(file).sizeBytes()).isEqualTo(SIZE);
        try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(3_000_000);
        }
        refused(file, "only a part", "qemu-img check");
    }

    /** The reference count of a cluster behind all others is 1, and nothing refers to it. */
    @Test
    void takesAnImageWithALostCluster() throws Exception {
        Path file = qemu("qcow2");
        try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.seek(48); // refcount_table_offset (docs/interop/qcow2.txt of QEMU)
            disk.seek(disk.readLong());
            long block = disk.readLong();
            long cluster = Math.ceilDiv(disk.length(), 64 << 10);
            disk.seek(block + 2 * cluster);
            disk.writeShort(1);
            disk.setLength((cluster + 1) * (64 << 10));
        }
        assertThat(QemuImg.run("", "check", file.toString()).status()).isEqualTo(3);
        assertThat(DiskImage.inspect(file).sizeBytes()).isEqualTo(SIZE);
    }

    @Test
    void refusesOtherFormatsAndSaysHowToConvert() throws Exception {
        refused(qemu("vmdk"), "format vmdk", "qemu-img convert");
    }

    @Test
    void refusesWhatNeedsAnotherFile() throws Exception {
        Path base = raw("base.raw");
        refused(qemu("qcow2", "-b", base.toString(), "-F", "raw"), "base.raw", "needs another");
    }

    @Test
    void aVolumeBeginsAsACopyOfEitherFormatInEither() throws Exception {
        Path raw = raw("disk.img");
        try (var disk = new RandomAccessFile(raw.toFile(), "rw")) {
            disk.seek(5 << 20);
            disk.write("content".getBytes(StandardCharsets.US_ASCII));
        }
        for (VmSpec.Format format : VmSpec.Format.values()) {
            Path volume = directory.resolve("volume." + format.label());
            Volumes.copy(DiskImage.inspect(raw), volume, format, 2 * SIZE);
            DiskImage copy = DiskImage.inspect(volume);
            assertThat(copy).isEqualTo(new DiskImage(volume, format, 2 * SIZE));
            assertThat(Volumes.allocatedBytes(volume)).isLessThan(1 << 20);
            Path back = directory.resolve("back." + format.label());
            Volumes.copy(copy, back, VmSpec.Format.RAW, 2 * SIZE);
            try (var disk = new RandomAccessFile(raw.toFile(), "rw")) {
                disk.setLength(2 * SIZE); // zeros behind it
            }
            assertThat(back).hasSameBinaryContentAs(raw);
            try (var disk = new RandomAccessFile(raw.toFile(), "rw")) {
                disk.setLength(SIZE);
            }
        }
    }

    @Test
    void aVolumeIsNotSmallerThanItsImageAndNothingIsLeftOfOneThatFails() throws Exception {
        DiskImage image = DiskImage.inspect(raw("disk.img"));
        Path volume = directory.resolve("volume.raw");
        assertThatThrownBy(() -> Volumes.copy(image, volume, VmSpec.Format.RAW, SIZE - 512))
                .isInstanceOf(IllegalArgumentException.class);
        Files.delete(image.file());
        assertThatThrownBy(() -> Volumes.copy(image, volume, VmSpec.Format.RAW, SIZE))
                .isInstanceOf(VolumeException.class);
        assertThat(volume).doesNotExist();
    }
}
