package dev.drover.ports;

import java.util.Optional;

/**
 * Makes guests on this host. Thread-safe.
 *
 * <p>The volume and the tap exist before a guest is made: making and removing them is not this
 * port's business. It never decides whether a guest may run; its caller holds that right from the
 * cluster monitor's record.
 */
public interface Hypervisor {
    /** What this hypervisor is. */
    Info info();

    /**
     * Boots the guest from its volume. It runs when this returns.
     *
     * @throws HypervisorException when it cannot be started; nothing of it is left then
     */
    Guest boot(VmSpec spec, Allocation allocation);

    /**
     * Makes a guest without content that waits, paused, for memory to be received. It will not run
     * by itself, whatever it receives.
     *
     * @throws HypervisorException when it cannot be made; nothing of it is left then
     */
    Guest prepare(VmSpec spec, Allocation allocation);

    /**
     * Takes up a guest that an earlier agent made in this allocation, without disturbing it.
     *
     * @return empty when no such process is alive
     */
    Optional<Guest> adopt(VmSpec spec, Allocation allocation);

    /**
     * What a hypervisor is.
     *
     * @param version for example {@code 7.2.22}
     * @param accelerator {@code kvm} or {@code tcg}
     * @param machine the machine type that new VMs get, versioned, for example {@code
     *     pc-i440fx-7.2}
     * @param livePrecopy false when memory moved live in several rounds would be damaged for a
     *     guest of an ordinary size (see {@link #safeMemoryBytes})
     */
    record Info(String version, String accelerator, String machine, boolean livePrecopy) {}

    /**
     * The RAM size, at least {@code wantedBytes}, at which live pre-copy with several rounds is
     * right on this hypervisor. Equal to {@code wantedBytes} where every size is.
     */
    long safeMemoryBytes(long wantedBytes);
}
