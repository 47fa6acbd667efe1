package dev.drover.ports;

import java.util.Objects;

/**
 * What a VM is, wherever it runs: the configuration by which a host allocates.
 *
 * @param name of letters, digits, dots and hyphens, 1 to 40 characters, unique in the cluster
 * @param cores number of virtual CPUs, 1 to 255
 * @param memoryBytes size of the guest's RAM in bytes, a multiple of 4096
 * @param disk the one disk
 * @param nic the one network interface
 * @param boot how the guest starts
 */
public record VmSpec(
        String name, int cores, long memoryBytes, DiskSpec disk, NicSpec nic, Boot boot) {
    /** QEMU rounds a size up to this (machine_set_mem of hw/core/machine.c), unasked. */
    public static final int MEMORY_UNIT_BYTES = 8192;

    /** Throws {@link IllegalArgumentException} naming the field that is out of its range. */
    public VmSpec {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,39}")) {
            throw new IllegalArgumentException(
                    "A VM's name is 1 to 40 letters, digits, dots or hyphens, not '" + name + "'");
        }
        if (cores < 1 || cores > 255) {
            throw new IllegalArgumentException("A VM has 1 to 255 cores, not " + cores);
        }
        if (memoryBytes <= 0 || memoryBytes % MEMORY_UNIT_BYTES != 0) {
            throw new IllegalArgumentException(
                    "A VM's memory is a multiple of 8 KiB, not " + memoryBytes + " bytes");
        }
        Objects.requireNonNull(disk);
        Objects.requireNonNull(nic);
        Objects.requireNonNull(boot);
    }

    /** Format of the volume that holds a disk. */
    public enum Format {
        RAW,
        QCOW2;

        /** The name by which QEMU's tools know it. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A disk.
     *
     * @param format of its volume
     * @param sizeBytes as the guest sees it, a multiple of 512
     */
    public record DiskSpec(Format format, long sizeBytes) {
        public DiskSpec {
            if (sizeBytes <= 0 || sizeBytes % 512 != 0) {
                throw new IllegalArgumentException(
                        "A disk's size is a multiple of 512 bytes, not " + sizeBytes);
            }
        }
    }

    /**
     * A network interface.
     *
     * @param mac six lower-case hexadecimal bytes joined by colons, unicast
     * @param bridge the host's bridge that the VM's tap is a port of
     */
    public record NicSpec(String mac, String bridge) {
        public NicSpec {
            if (!mac.matches("[0-9a-f][02468ace](:[0-9a-f]{2}){5}")) {
                throw new IllegalArgumentException(
                        "A MAC is six lower-case hex bytes, unicast, not '" + mac + "'");
            }
        }
    }

    /** How the guest starts. */
    public sealed interface Boot {
        /** The firmware boots from the disk. */
        record FromDisk() implements Boot {}

        /**
         * The hypervisor loads a kernel. The files {@code kernel} and {@code initrd} lie in the
         * allocation's directory and move with the VM.
         *
         * @param commandLine the kernel's
         */
        record Kernel(String commandLine) implements Boot {}
    }
}
