package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.HypervisorException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class QemuBinaryTest {
    @Test
    void theNewestMachineIsTheOneThatPcStandsFor() {
        String help =
                """
                Supported machines are:
                microvm              microvm (i386)
                pc                   Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)
                pc-i440fx-7.2        Standard PC (i440FX + PIIX, 1996) (default)
                pc-i440fx-7.1        Standard PC (i440FX + PIIX, 1996)
                q35                  Standard PC (Q35 + ICH9, 2009) (alias of pc-q35-7.2)
                """;
        assertThat(QemuBinary.machine(help)).isEqualTo("pc-i440fx-7.2");
        assertThatThrownBy(() -> QemuBinary.machine("none"))
                .isInstanceOf(HypervisorException.class);
    }

    @Test
    void theVersionIsReadWithAndWithoutAThirdNumber() {
        assertThat(Version.parse("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright"))
                .isEqualTo(new Version(7, 2, 22));
        assertThat(Version.parse("QEMU emulator version 10.0")).isEqualTo(new Version(10, 0, 0));
        assertThatThrownBy(() -> Version.parse("bash 5")).hasMessageContaining("bash 5");
    }

    @Test
    void onlySoftwareEmulationBeforeNineLosesDirtyPages() {
        assertThat(hypervisor(7, Accelerator.TCG).info().livePrecopy()).isFalse();
        assertThat(hypervisor(9, Accelerator.TCG).info().livePrecopy()).isTrue();
        assertThat(hypervisor(7, Accelerator.KVM).info().livePrecopy()).isTrue();
    }

    @Test
    void aSafeSizeIsNoMultipleOf256KibWhereDirtyPagesAreLost() {
        QemuHypervisor damaging = hypervisor(7, Accelerator.TCG);
        long wanted = 128L << 20;
        long safe = damaging.safeMemoryBytes(wanted);
        assertThat(safe).isEqualTo(wanted + 8192);
        assertThat(damaging.safeMemoryBytes(safe)).isEqualTo(safe);
        assertThat(hypervisor(9, Accelerator.TCG).safeMemoryBytes(wanted)).isEqualTo(wanted);
        assertThat(hypervisor(7, Accelerator.KVM).safeMemoryBytes(wanted)).isEqualTo(wanted);
    }

    private static QemuHypervisor hypervisor(int major, Accelerator accelerator) {
        return new QemuHypervisor(
                new QemuBinary(
                        Path.of("qemu"), new Version(major, 0, 0), "pc-i440fx-7.2", accelerator));
    }
}
