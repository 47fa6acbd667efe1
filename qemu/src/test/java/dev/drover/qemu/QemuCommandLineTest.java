package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class QemuCommandLineTest {
    private static final QemuBinary BINARY =
            new QemuBinary(
                    Path.of("/usr/bin/qemu"),
                    new Version(7, 2, 0),
                    "pc-i440fx-7.2",
                    Accelerator.TCG);
    private static final Allocation ALLOCATION = new Allocation(Path.of("/vms/a,b"), "tap7");

    private static VmSpec spec(VmSpec.Boot boot) {
        return new VmSpec(
                "web",
                2,
                (128L << 20) + 8192,
                new VmSpec.DiskSpec(VmSpec.Format.QCOW2, 1 << 30),
                new VmSpec.NicSpec("52:54:00:00:00:01", "bridge0"),
                boot);
    }

    private static List<String> line(VmSpec.Boot boot, boolean incoming) {
        return QemuCommandLine.of(BINARY, spec(boot), ALLOCATION, incoming, true);
    }

    private static String after(List<String> line, String option) {
        return line.get(line.indexOf(option) + 1);
    }

    @Test
    void theMemoryIsExactToTheKib() {
        assertThat(after(line(new VmSpec.Boot.FromDisk(), false), "-m")).isEqualTo("size=131080K");
    }

    @Test
    void anEmulatedMachineHasAPlaceForASecondProcessor() {
        assertThat(Accelerator.TCG.processors(1)).isEqualTo("cpus=1,maxcpus=2");
        assertThat(Accelerator.TCG.processors(2)).isEqualTo("2");
        assertThat(Accelerator.KVM.processors(1)).isEqualTo("1");
    }

    @Test
    void theVcpusAlwaysWaitForCont() {
        assertThat(line(new VmSpec.Boot.FromDisk(), false))
                .contains("-S")
                .doesNotContain("-incoming");
        assertThat(line(new VmSpec.Boot.FromDisk(), true))
                .containsSequence("-incoming", "defer", "-S");
    }

    @Test
    void aCommaInAPathIsDoubledInListsOfOptions() {
        List<String> line = line(new VmSpec.Boot.FromDisk(), false);
        assertThat(String.join(" ", line))
                .contains("filename=/vms/a,,b/disk.qcow2")
                .contains("path=/vms/a,,b/console.log")
                .contains("path=/vms/a,,b/qmp.sock");
        assertThat(after(line, "-pidfile")).isEqualTo("/vms/a,b/qemu.pid");
    }

    @Test
    void theTapIsOpenedByItsName() {
        assertThat(after(line(new VmSpec.Boot.FromDisk(), false), "-netdev"))
                .isEqualTo("tap,id=net0,script=no,downscript=no,vhost=off,ifname=tap7");
    }

    @Test
    void aKernelIsLoadedWithItsCommandLine() {
        assertThat(line(new VmSpec.Boot.Kernel("console=ttyS0 quiet"), false))
                .containsSequence(
                        "-kernel",
                        "/vms/a,b/kernel",
                        "-initrd",
                        "/vms/a,b/initrd",
                        "-append",
                        "console=ttyS0 quiet");
    }

    @Test
    void theSameSpecificationIsTheSameMachineWhateverTheHost() {
        List<String> here = line(new VmSpec.Boot.FromDisk(), false);
        List<String> there =
                QemuCommandLine.of(
                        BINARY,
                        spec(new VmSpec.Boot.FromDisk()),
                        new Allocation(Path.of("/elsewhere"), "tap9"),
                        true,
                        false);
        assertThat(devices(here)).isEqualTo(devices(there)).isNotEmpty();
    }

    private static List<String> devices(List<String> line) {
        return java.util.stream.IntStream.range(0, line.size() - 1)
                .filter(i ->
                        List.of("-device", "-machine", "-cpu", "-m", "-smp").contains(line.get(i)))
                .mapToObj(i -> line.get(i + 1))
                .toList();
    }
}
