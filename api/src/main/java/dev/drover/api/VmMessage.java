package dev.drover.api;

import dev.drover.ports.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** To the host that a VM's record names; and, where faults are allowed, crashes on purpose. */
public sealed interface VmMessage extends HostMessage {
    /**
     * Asks whether this host can make such a VM, and how: the answer is a {@link VmSpec} whose
     * memory has a size that can be moved live.
     */
    record Fit(VmSpec vm, Origin origin) implements VmMessage {}

    /** Asks whether this host has anything of a VM. */
    record Have(String vm) implements VmMessage {}

    /**
     * Makes a VM and boots it.
     *
     * @param term of the monitor that leads
     * @param vm what to boot
     * @param epoch of the record that names this host
     * @param origin what its disk begins as
     */
    record Create(long term, VmSpec vm, long epoch, Origin origin) implements VmMessage {}

    /**
     * Ends the VM and removes everything of it.
     *
     * @param keep how long its volume stays on the host; empty, as older monitors say: not at all
     */
    record Destroy(long term, String vm, Optional<Duration> keep) implements VmMessage {}

    /** Asks what this host keeps of destroyed VMs; the answer is a {@link KeptAnswer}. */
    record AskKept() implements VmMessage {}

    /** The answer to {@link AskKept}. */
    record KeptAnswer(List<KeptVolume> volumes) {}

    /** Removes one of these. */
    record RemoveKept(long term, String id) implements VmMessage {}

    /**
     * The VM is to run; the answer is {@link Woken}. As with the next two, an order of an epoch
     * that is not above all earlier ones is refused.
     *
     * @param term of the monitor that leads
     * @param epoch of the record that names this host, won for this
     */
    record Wake(long term, String vm, long epoch) implements VmMessage {}

    /** The VM's memory is saved on this host, and its process ended. */
    record Sleep(long term, String vm, long epoch) implements VmMessage {}

    /**
     * The VM is shut down.
     *
     * @param patienceMillis time for the guest to do it by itself; 0: its power is cut
     */
    record Stop(long term, String vm, long epoch, long patienceMillis) implements VmMessage {}

    /** How a VM came to run. */
    enum Woken {
        /** It did already. */
        RAN_ALREADY,
        /** Its guest had been stopped, and goes on. */
        WENT_ON,
        /** Its guest goes on where it was put to sleep. */
        FROM_MEMORY,
        /** From its disk. */
        BOOTED
    }

    /** The agent ends at once, without a word. */
    record Die() implements VmMessage {}

    /** The VM's QEMU is killed. */
    record KillQemu(String vm) implements VmMessage {}
}
