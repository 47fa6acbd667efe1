package dev.drover.api;

/** What the disk of a new VM begins as. */
public sealed interface Origin {
    /**
     * The files {@code disk.FORMAT} and, where the hypervisor loads the kernel, {@code kernel} and
     * {@code initrd}, in a directory of the host; they are moved away.
     *
     * @param path absolute
     */
    record Directory(String path) implements Origin {}

    /** A copy of a base image that the host has, by its name. */
    record Image(String name) implements Origin {}

    /** Zeros. */
    record Nothing() implements Origin {}
}
