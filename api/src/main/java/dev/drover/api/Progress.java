package dev.drover.api;

/** How far a part of a move is. */
public sealed interface Progress {
    /**
     * The disk, told by the target.
     *
     * @param doneBytes of the image's data, pulled or found to be zeros
     * @param totalBytes of data in the image
     * @param bytesPerSecond at which {@code doneBytes} grows
     */
    record DiskProgress(long doneBytes, long totalBytes, long bytesPerSecond) implements Progress {}

    /**
     * The memory, told by the source.
     *
     * @param remainingBytes of the running round
     * @param totalBytes of the guest's memory
     * @param sentBytes put on the stream
     * @param dirtySyncs rounds begun
     */
    record MemoryProgress(long remainingBytes, long totalBytes, long sentBytes, int dirtySyncs)
            implements Progress {}

    /** The packets held, told by the source. */
    record PacketProgress(long heldFrames, long sentFrames) implements Progress {}
}
