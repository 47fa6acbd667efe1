package dev.drover.lab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.lab.Command;
import dev.drover.lab.LabException;
import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is built out of this machine's packages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestImageIT {
    private static final long SIZE = 1L << 30;

    private GuestImage image;

    @BeforeAll
    void prepare() {
        var cache = new Cache(Path.of(System.getProperty("drover.cache", "target/guest")));
        image = GuestImage.prepare(cache, 16L << 20);
    }

    @Test
    void bothFormatsHoldTheSameSparseDisk(@TempDir Path directory) {
        var allocation = new Allocation(directory, "vm0");
        for (VmSpec.Format format : VmSpec.Format.values()) {
            image.install(directory, format, SIZE);
            Path volume = allocation.volume(format);
            DiskInfo info = DiskInfo.of(volume);
            assertThat(info.virtual()).isEqualTo(SIZE);
            assertThat(info.allocated()).isBetween(16L << 20, 64L << 20);
        }
        Command.run(
                "qemu-img",
                "compare",
                "-q",
                allocation.volume(VmSpec.Format.RAW).toString(),
                allocation.volume(VmSpec.Format.QCOW2).toString());
        Command.run("e2fsck", "-fn", allocation.volume(VmSpec.Format.RAW).toString());
    }

    private record DiskInfo(long virtual, long allocated) {
        static DiskInfo of(Path volume) {
            var info =
                    tools.jackson.databind.json.JsonMapper.shared()
                            .readTree(
                                    Command.run(
                                            "qemu-img",
                                            "info",
                                            "--output=json",
                                            volume.toString()));
            return new DiskInfo(
                    info.path("virtual-size").asLong(), info.path("actual-size").asLong());
        }
    }

    @Test
    void aDiskWithoutRoomForTheContentIsRefused(@TempDir Path directory) {
        assertThatThrownBy(() ->
                        image.install(
                                directory, VmSpec.Format.RAW, image.minimumDiskBytes() - 4096))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("MiB or more");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void busyboxUnpacksTheInitrd(@TempDir Path directory) throws IOException {
        Path vm = directory.resolve("vm");
        image.install(vm, VmSpec.Format.RAW, SIZE);
        Path root = Files.createDirectory(directory.resolve("root"));
        Command.run(
                List.of("/bin/busybox", "cpio", "-i", "-F", vm.resolve("initrd").toString()),
                "",
                root);
        assertThat(root.resolve("init")).isExecutable();
        assertThat(Files.readSymbolicLink(root.resolve("bin/sh"))).isEqualTo(Path.of("busybox"));
        List<String> order = Files.readAllLines(root.resolve("modules/order"));
        assertThat(order).allSatisfy(file -> assertThat(root.resolve("modules", file)).exists());
        assertThat(order.indexOf("virtio_ring.ko")).isLessThan(order.indexOf("virtio.ko"));
        assertThat(order).contains("virtio_net.ko", "virtio_blk.ko", "ext4.ko");
    }
}
