package dev.drover.api;

/** To a host, about base images; their files come and go by an {@link ImageStream}. */
public sealed interface ImageMessage extends HostMessage {
    /**
     * Removes a base image; one that is not there is removed already.
     *
     * @param term of the monitor that leads
     * @param sha256 of its file, lower-case hexadecimal
     */
    record DropImage(long term, String sha256) implements ImageMessage {}
}
