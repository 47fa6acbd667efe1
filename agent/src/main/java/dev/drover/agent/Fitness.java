package dev.drover.agent;

import dev.drover.api.HostFacts;
import dev.drover.api.MoveOrder;
import dev.drover.api.Rest;
import dev.drover.engine.HostFailure;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a VM fits on this host; asked before anything is made. */
final class Fitness {
    /** What QEMU itself, its page tables and buffers take besides the guest's memory. */
    private static final long BESIDE_THE_GUEST = 128L << 20;

    private Fitness() {}

    /** Throws {@link HostFailure} that says what does not fit, and what to do. */
    static void check(MoveOrder order, HostFacts here, HostContext host) throws IOException {
        HostFacts there = order.sourceFacts();
        if (!there.machine().equals(here.machine())) {
            throw no(
                    "the VM's machine type is "
                            + there.machine()
                            + ", this host has "
                            + here.machine(),
                    "install the same QEMU version on both hosts");
        }
        if (!there.accelerator().equals(here.accelerator())) {
            throw no(
                    "the VM runs under "
                            + there.accelerator()
                            + ", this host has "
                            + here.accelerator(),
                    "choose a target of the same kind");
        }
        check(order.vm(), order.rest(), 0, host);
        checkMtu(order.vm().nic().bridge(), there, host);
    }

    /**
     * As the other, of a VM that is to be made here.
     *
     * @param besideBytes of disk that it takes beside its volume
     */
    static void check(VmSpec vm, long besideBytes, HostContext host) throws IOException {
        check(vm, Optional.empty(), besideBytes, host);
    }

    /** One that rests needs no memory yet; what it sleeps on needs disk. */
    private static void check(VmSpec vm, Optional<Rest> rest, long besideBytes, HostContext host)
            throws IOException {
        String bridge = vm.nic().bridge();
        if (host.network().mtu(bridge) == 0) {
            throw no("there is no bridge " + bridge + " here", "make it, or choose another host");
        }
        if (rest.isEmpty()) {
            checkMemory(vm.memoryBytes() + BESIDE_THE_GUEST);
        }
        long saved = rest.equals(Optional.of(Rest.ASLEEP)) ? vm.memoryBytes() : 0;
        checkSpace(vm.disk().sizeBytes() + saved + besideBytes, host);
    }

    private static void checkMtu(String bridge, HostFacts there, HostContext host) {
        int mtu = host.network().mtu(bridge);
        if (mtu < there.mtu()) {
            throw no(
                    "the MTU of "
                            + bridge
                            + " is "
                            + mtu
                            + " here and "
                            + there.mtu()
                            + " on the source",
                    "raise it with: ip link set " + bridge + " mtu " + there.mtu());
        }
    }

    private static void checkMemory(long needed) throws IOException {
        long available = Meminfo.bytes("MemAvailable").orElse(Long.MAX_VALUE);
        if (available < needed) {
            throw no(
                    "it needs "
                            + (needed >> 20)
                            + " MiB of memory, this host has "
                            + (available >> 20)
                            + " MiB",
                    "free some, or choose another host");
        }
    }

    /** The whole size is asked for: a guest may fill its disk the moment it has arrived. */
    private static void checkSpace(long needed, HostContext host) throws IOException {
        Path directory = host.settings().stateDirectory();
        long available = Files.getFileStore(directory).getUsableSpace();
        if (available < needed) {
            throw no(
                    "its disk needs "
                            + (needed >> 20)
                            + " MiB, "
                            + directory
                            + " has "
                            + (available >> 20)
                            + " MiB free",
                    "free some, or choose another host; volumes of destroyed VMs take "
                            + (host.allocations().kept().bytes() >> 20)
                            + " MiB there");
        }
    }

    private static HostFailure no(String what, String doThis) {
        return new HostFailure("The VM does not fit: " + what + "; " + doThis);
    }
}
