package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What executes the guest's instructions. */
public enum Accelerator {
    /** The processor itself. */
    KVM("kvm", "host"),
    /** Software emulation. */
    TCG("tcg", "max");

    private static final Duration PROBE = Duration.ofSeconds(5);

    /** What the probe's firmware leaves as the exit status, (0x2a &lt;&lt; 1) | 1. */
    private static final int EXECUTED = 85;

    /**
     * The instructions at the reset vector (Intel SDM 3A 10.1.4): {@code mov al,0x2a; out 0xf4,al;
     * hlt}. Port 0xf4 is the exit device.
     */
    private static final byte[] RESET_VECTOR = {
        (byte) 0xb0, 0x2a, (byte) 0xe6, (byte) 0xf4, (byte) 0xf4
    };

    private final String label;
    private final String cpuModel;

    Accelerator(String label, String cpuModel) {
        this.label = label;
        this.cpuModel = cpuModel;
    }

    /** The name by which QEMU knows it. */
    public String label() {
        return label;
    }

    /** The CPU model that shows the guest everything the accelerator has. */
    String cpuModel() {
        return cpuModel;
    }

    /**
     * The processors of a guest, for {@code -smp}. Where a machine can never have more than one,
     * software emulation leaves out the guest's memory barriers and makes its atomic instructions
     * plain ones (CF_PARALLEL, mttcg_start_vcpu_thread and tcg_gen_mb; the barriers are back in
     * QEMU 8.1), though QEMU's main loop is another thread, with which the guest's virtual queues
     * agree by just these. A place for a second processor keeps both. In two of some 85 moves
     * without it the guest could not send any more until the target's QEMU took over.
     */
    String processors(int cores) {
        return this == TCG && cores == 1 ? "cpus=1,maxcpus=2" : Integer.toString(cores);
    }

    /**
     * KVM where it really executes a guest, else TCG. A {@code /dev/kvm} that makes a VM and then
     * fails in it (seen under nested virtualization: QEMU aborts while it sets the CPU's registers)
     * counts as none, so a guest of three instructions is run.
     */
    static Accelerator detect(Path binary, String machine) {
        if (!Files.isReadable(Path.of("/dev/kvm")) || !Files.isWritable(Path.of("/dev/kvm"))) {
            return TCG;
        }
        return executes(binary, machine, KVM) ? KVM : TCG;
    }

    /** True when a guest executes its instructions. */
    static boolean executes(Path binary, String machine, Accelerator accelerator) {
        try {
            Path firmware = Files.createTempFile("drover-probe", ".bin");
            try {
                byte[] image = new byte[64 << 10];
                System.arraycopy(RESET_VECTOR, 0, image, image.length - 16, RESET_VECTOR.length);
                Files.write(firmware, image);
                return Commands.run(probe(binary, machine, accelerator, firmware), PROBE).status()
                        == EXECUTED;
            } finally {
                Files.delete(firmware);
            }
        } catch (IOException e) {
            throw new HypervisorException("QEMU cannot be tried out", e);
        }
    }

    private static List<String> probe(
            Path binary, String machine, Accelerator accelerator, Path firmware) {
        return List.of(
                binary.toString(),
                "-nodefaults",
                "-no-user-config",
                "-machine",
                machine,
                "-accel",
                accelerator.label,
                "-cpu",
                accelerator.cpuModel,
                "-m",
                "8",
                "-display",
                "none",
                "-no-reboot",
                "-device",
                "isa-debug-exit,iobase=0xf4,iosize=1",
                "-bios",
                firmware.toString());
    }
}
