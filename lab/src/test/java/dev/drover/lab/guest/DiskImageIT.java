package dev.drover.lab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.lab.Command;
import dev.drover.lab.LabException;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private Path qemu(String format, String... options) {
        Path file = directory.resolve("disk." + format);
        var words = new java.util.ArrayList<>(java.util.List.of("qemu-img", "create", "-q", "-f"));
        words.add(format);
        words.addAll(java.util.List.of(options));
        words.add(file.toString());
        words.add("64M");
        Command.run(words, "");
        return file;
    }

    private static void refused(Path file, String... why) {
        assertThatThrownBy(() -> DiskImage.inspect(file))
                .isInstanceOf(LabException.class)
                .hasMessageContainingAll(why);
    }

    @Test
    void knowsRawAndQcow2() throws IOException {
        Path file = raw("disk.raw");
        assertThat(DiskImage.inspect(file)).isEqualTo(new DiskImage(file, VmSpec.Format.RAW, SIZE));
        Path qcow2 = qemu("qcow2");
        assertThat(DiskImage.inspect(qcow2))
                .isEqualTo(new DiskImage(qcow2, VmSpec.Format.QCOW2, SIZE));
    }

    @Test
    void refusesWhatIsNotThereOrNoFile() {
        refused(directory.resolve("none"), "There is no disk image");
        refused(directory, "is not a file");
    }

    @Test
    void refusesWhatIsNoImage() throws IOException {
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
    void refusesAFileThatWasCutShort() throws IOException {
        Path file = qemu("qcow2");
        Command.run("qemu-io", "-f", "qcow2", "-c", "write -P 7 0 8M", file.toString());
        assertThat(DiskImage.inspect(file).sizeBytes()).isEqualTo(SIZE);
        try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(3_000_000);
        }
        refused(file, "only a part", "qemu-img check");
    }

    /** The reference count of a cluster behind all others is 1, and nothing refers to it. */
    @Test
    void takesAnImageWithALostCluster() throws IOException {
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
        assertThatThrownBy(() -> Command.run("qemu-img", "check", file.toString()))
                .hasMessageContaining("qemu-img");
        assertThat(DiskImage.inspect(file).sizeBytes()).isEqualTo(SIZE);
    }

    @Test
    void refusesOtherFormatsAndSaysHowToConvert() {
        refused(qemu("vmdk"), "format vmdk", "qemu-img convert");
    }

    @Test
    void refusesWhatNeedsAnotherFile() throws IOException {
        Path base = raw("base.raw");
        refused(qemu("qcow2", "-b", base.toString(), "-F", "raw"), "base.raw", "needs another");
    }

    @Test
    void copiesWithTheHolesIntoTheAllocation() throws IOException {
        Path to = directory.resolve("vm");
        DiskImage.inspect(raw("disk.img")).copyTo(to);
        assertThat(to.resolve("disk.raw")).hasSize(SIZE);
        String kibibytes = Command.run("du", "-k", to.resolve("disk.raw").toString());
        assertThat(Long.parseLong(kibibytes.split("\\s+", 2)[0])).isLessThan(64);
    }
}
