package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.VmSpec.Format;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumesTest {
    private static final long SIZE = 10L << 30;

    @TempDir private Path directory;

    @Test
    void aRawVolumeIsOneHole() throws Exception {
        Path volume = directory.resolve("disk.raw");
        Volumes.create(volume, Format.RAW, SIZE, 4096);
        assertThat(volume).hasSize(SIZE);
        assertThat(Volumes.allocatedBytes(volume)).isZero();
        try (FileChannel file = FileChannel.open(volume, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1 << 20), 5L << 30);
        }
        Volumes.sync(volume);
        assertThat(Volumes.allocatedBytes(volume)).isEqualTo(1 << 20);
        Volumes.delete(volume);
        Volumes.delete(volume);
        assertThat(volume).doesNotExist();
    }

    @Test
    void tooLittleSpaceIsToldInBytesBeforeAnythingIsMade() {
        Path volume = directory.resolve("disk.raw");
        assertThatThrownBy(() -> Volumes.create(volume, Format.RAW, SIZE, Long.MAX_VALUE))
                .isInstanceOfSatisfying(
                        VolumeException.class,
                        e -> {
                            assertThat(e.what()).isEqualTo("Cannot create volume " + volume);
                            assertThat(e.why())
                                    .matches(
                                            "9223372036854775807 bytes are needed in .* and \\d+ are available");
                            assertThat(e.remedy()).startsWith("Free ");
                        });
        assertThat(volume).doesNotExist();
    }

    @Test
    void anExistingFileIsLeftAlone() throws Exception {
        Path volume = Files.writeString(directory.resolve("disk.raw"), "precious");
        assertThatThrownBy(() -> Volumes.create(volume, Format.RAW, SIZE, 0))
                .isInstanceOf(VolumeException.class)
                .hasMessageContaining("a file of that name exists");
        assertThat(volume).hasContent("precious");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path volume = directory.resolve("none/disk.raw");
        assertThatThrownBy(() -> Volumes.create(volume, Format.RAW, SIZE, 0))
                .isInstanceOf(VolumeException.class)
                .hasMessageContaining("directory " + directory.resolve("none"));
        assertThatThrownBy(() -> Volumes.allocatedBytes(volume))
                .isInstanceOf(VolumeException.class);
    }
}
