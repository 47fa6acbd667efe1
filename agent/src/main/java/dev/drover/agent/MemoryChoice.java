package dev.drover.agent;

import dev.drover.ports.Hypervisor;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.VmSpec;
import java.util.Optional;

/**
 * How a VM's memory travels.
 *
 * @param reason why not by pre-copy, in plain words; empty when it does
 */
record MemoryChoice(MemoryMode mode, Optional<String> reason) {
    /** Pre-copy, unless the hypervisor would damage the memory by it. */
    static MemoryChoice of(VmSpec vm, Hypervisor hypervisor) {
        Hypervisor.Info info = hypervisor.info();
        long safe = hypervisor.safeMemoryBytes(vm.memoryBytes());
        if (info.livePrecopy() || safe == vm.memoryBytes()) {
            return new MemoryChoice(MemoryMode.PRECOPY, Optional.empty());
        }
        return singlePass(
                "QEMU %s under %s would damage the memory of such a guest in live pre-copy; it would not with %d bytes of memory"
                        .formatted(info.version(), info.accelerator(), safe));
    }

    /** What became of it: the hypervisor may have turned pre-copy down. */
    MemoryChoice taken(MemoryMode by) {
        return by == mode
                ? this
                : singlePass(
                        "QEMU stopped this guest by itself in an earlier move, since it wrote next to nothing");
    }

    private static MemoryChoice singlePass(String reason) {
        return new MemoryChoice(MemoryMode.SINGLE_PASS, Optional.of(reason));
    }
}
