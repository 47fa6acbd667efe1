package dev.drover.lab.guest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTest {
    @TempDir Path directory;

    @BeforeEach
    void modules() throws IOException {
        module("virtio/virtio.ko", "virtio_ring");
        module("virtio/virtio_ring.ko", "");
        module("net/virtio-net.ko", "net_failover,virtio,virtio_ring");
        module("net/net_failover.ko", "");
        Files.writeString(directory.resolve("modules.builtin"), "kernel/net/failover.ko\n");
    }

    private void module(String path, String depends) throws IOException {
        Path file = directory.resolve("kernel").resolve(path);
        Files.createDirectories(file.getParent());
        String text = "\177ELF...license=GPL\0depends=" + depends + "\0name=x\0";
        Files.writeString(file, text, ISO_8859_1);
    }

    @Test
    void aModuleComesAfterAllThatItNeeds() throws IOException {
        var closure = new KernelModules(directory).closure(List.of("virtio_net"), List.of());
        assertThat(closure.keySet())
                .containsExactly("net_failover", "virtio_ring", "virtio", "virtio_net");
    }

    @Test
    void whatIsBuiltInOrMerelyWantedMayBeMissing() throws IOException {
        var closure = new KernelModules(directory).closure(List.of("failover"), List.of("none"));
        assertThat(closure).isEmpty();
    }

    @Test
    void whatIsRequiredMayNotBeMissing() throws IOException {
        var modules = new KernelModules(directory);
        assertThatThrownBy(() -> modules.closure(List.of("ext4"), List.of()))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("'ext4'");
    }

    @Test
    void anInstalledKernelCountsWithItsModulesOnly() throws IOException {
        Path boot = Files.createDirectories(directory.resolve("boot"));
        Path modules = directory.resolve("modules");
        Files.createDirectories(modules.resolve("6.1.0-9/kernel"));
        Files.writeString(boot.resolve("vmlinuz-6.1.0-9"), "");
        Files.writeString(boot.resolve("vmlinuz-6.2.0-1"), "");
        assertThat(KernelPackage.installed(boot, modules))
                .contains(boot.resolve("vmlinuz-6.1.0-9"));
        assertThat(KernelPackage.installed(directory.resolve("none"), modules)).isEmpty();
    }

    @Test
    void theMetaPackageNamesTheKernel() {
        assertThat(
                        KernelPackage.packageName(
                                "linux-image-amd64\n  Depends: linux-image-6.1.0-56-amd64\n"))
                .contains("linux-image-6.1.0-56-amd64");
        assertThat(
                        KernelPackage.packageName(
                                "linux-image-generic\n"
                                        + "  Depends: linux-image-6.8.0-31-generic\n"
                                        + "  Depends: linux-firmware\n"))
                .contains("linux-image-6.8.0-31-generic");
        assertThat(KernelPackage.packageName("")).isEmpty();
    }

    @Test
    void whatIsNoLinuxKernelIsLeftAsItIs() throws IOException {
        byte[] other = new byte[8192];
        assertThat(KernelImage.bootable(other)).isSameAs(other);
    }
}
