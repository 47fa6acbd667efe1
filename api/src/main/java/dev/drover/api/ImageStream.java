package dev.drover.api;

import dev.drover.ports.VmSpec.Format;

/** The header of a stream that carries the file of a base image to a host, from its first byte. */
public sealed interface ImageStream {
    /** The purpose by which links tell these streams from others. */
    String PURPOSE = "image";

    /**
     * The monitor sends it. Once the host has it whole, on stable storage, it answers {@link Facts}
     * as JSON; of a file that is not whole, or no image, it keeps nothing.
     *
     * @param term in which the monitor leads
     * @param sha256 of the file, lower-case hexadecimal
     * @param fileBytes its length
     */
    record Offer(long term, String sha256, long fileBytes) implements ImageStream {}

    /** Another host opens it, and wants the file. */
    record Wish(String sha256) implements ImageStream {}

    /**
     * What the file turned out to be.
     *
     * @param sizeBytes as a guest sees it
     */
    record Facts(Format format, long sizeBytes) {}
}
