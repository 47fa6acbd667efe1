package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.VmSpec.Format;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs qemu-img. */
class VolumesIT {
    private static final long SIZE = 10L << 30;

    @TempDir private Path directory;

    @Test
    void aQcow2VolumeIsWhatQemuTakesIt() throws Exception {
        Path volume = directory.resolve("disk.qcow2");
        Volumes.create(volume, Format.QCOW2, SIZE, 0);
        assertThat(NbdProcess.run("qemu-img", "info", "--output=json", volume.toString()))
                .contains(
                        "\"virtual-size\": " + SIZE,
                        "\"format\": \"qcow2\"",
                        "\"compat\": \"1.1\"");
        assertThat(Volumes.allocatedBytes(volume)).isBetween(4096L, 1L << 20);
        Volumes.delete(volume);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatQemuImgSaysIsPassedOnAndNothingIsLeft() {
        // A colon before any slash would be a protocol's name to qemu-img; a size beyond its own
        // limit is refused whatever the file is called.
        Path volume = directory.resolve("disk.qcow2");
        assertThatThrownBy(() -> Volumes.create(volume, Format.QCOW2, 1L << 62, 0))
                .isInstanceOf(VolumeException.class)
                .hasMessageContaining("Cannot create volume " + volume)
                .hasMessageContaining("qemu-img ended with status 1, saying '");
        assertThat(Files.exists(volume)).isFalse();
    }
}
