package dev.drover.api;

import java.util.List;

/** What the disk of a new VM begins as. */
public sealed interface Origin {
    /**
     * The files {@code disk.FORMAT} and, where the hypervisor loads the kernel, {@code kernel} and
     * {@code initrd}, in a directory of the host; they are moved away.
     *
     * @param path absolute
     */
    record Directory(String path) implements Origin {}

    /**
     * A copy of a base image of the cluster.
     *
     * @param name by which users know it
     * @param sha256 of its file, lower-case hexadecimal
     * @param fileBytes length of its file
     * @param holders hosts that have it, for one that has not
     */
    record Image(String name, String sha256, long fileBytes, List<HostAddress> holders)
            implements Origin {}

    /** Zeros. */
    record Nothing() implements Origin {}
}
