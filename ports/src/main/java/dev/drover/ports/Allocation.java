package dev.drover.ports;

import java.nio.file.Path;

/**
 * What a host sets aside for one VM (the claim's <em>logical container</em>).
 *
 * @param directory the VM's own directory on this host; every file of the VM lies below it
 * @param tap name of the VM's tap, at most 15 characters (IFNAMSIZ of linux/if.h, less the NUL)
 */
public record Allocation(Path directory, String tap) {
    /** The file that holds the disk. */
    public Path volume(VmSpec.Format format) {
        return directory.resolve("disk." + format.label());
    }

    /** The kernel that a {@link VmSpec.Boot.Kernel} loads. */
    public Path kernel() {
        return directory.resolve("kernel");
    }

    /** The initial RAM disk that a {@link VmSpec.Boot.Kernel} loads. */
    public Path initrd() {
        return directory.resolve("initrd");
    }
}
