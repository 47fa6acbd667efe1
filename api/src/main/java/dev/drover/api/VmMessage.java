package dev.drover.api;

import dev.drover.ports.VmSpec;

/** To the host that a VM's record names; and, where faults are allowed, crashes on purpose. */
public sealed interface VmMessage extends HostMessage {
    /**
     * Asks for the specification that this host would make of one: the answer is a {@link VmSpec}
     * whose memory has a size that can be moved live.
     */
    record Fit(VmSpec vm) implements VmMessage {}

    /**
     * Takes the files {@code disk.FORMAT}, {@code kernel} and {@code initrd} out of a directory of
     * this host and boots the VM from them.
     *
     * @param term of the monitor that leads
     * @param vm what to boot
     * @param epoch of the record that names this host
     * @param imageDirectory absolute; its files are moved away, or copied from another file system
     */
    record Create(long term, VmSpec vm, long epoch, String imageDirectory) implements VmMessage {}

    /** Ends the VM and removes everything of it. */
    record Destroy(long term, String vm) implements VmMessage {}

    /** The agent ends at once, without a word. */
    record Die() implements VmMessage {}

    /** The VM's QEMU is killed. */
    record KillQemu(String vm) implements VmMessage {}
}
