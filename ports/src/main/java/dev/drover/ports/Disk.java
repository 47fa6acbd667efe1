package dev.drover.ports;

/**
 * A guest's disk, as far as a move needs it. One caller at a time.
 *
 * <p>On the source: {@link #snapshot}, then {@link #nextRound} as often as wanted, then, the guest
 * stopped, {@link #lastRound}; {@link #endTracking} takes everything away again, after an abort as
 * well. No write that the guest saw completed is missing from snapshot and rounds together. On the
 * target: {@link #openForWriting} while the guest is prepared; {@link #commitView} before it
 * resumes.
 */
public interface Disk {
    /** In such units writes are tracked: 4 KiB makes the last round small. */
    int GRANULARITY_BYTES = 4096;

    /** Size as the guest sees it, in bytes. */
    long sizeBytes();

    /**
     * Takes a point-in-time snapshot and begins to track writes, atomically, the guest running. The
     * rounds that follow are served at the same socket, which takes connections from now on.
     */
    Export snapshot();

    /** Removes the snapshot; the tracking goes on. Idempotent. */
    void dropSnapshot();

    /**
     * The blocks written since the snapshot or the last round; writes from now on belong to the
     * next.
     */
    Round nextRound();

    /** As {@link #nextRound} for a stopped guest: tracking ends here. */
    Round lastRound();

    /** Removes what a round needed. Must be called before the next round. Idempotent. */
    void endRound();

    /** Removes snapshot, rounds, exports and tracking, known or left over. Idempotent. */
    void endTracking();

    /** Offers the prepared guest's disk for writing. */
    Export openForWriting();

    /** Ends {@link #openForWriting} and everything it made. Must precede a resume. Idempotent. */
    void closeForWriting();

    /**
     * A point-in-time view of the disk as it is now, readable while the guest runs, for
     * verification. Works on the target between {@link #closeForWriting} and the resume.
     */
    Export commitView();

    /** Removes the view. Idempotent. */
    void dropCommitView();

    /**
     * Something readable or writable over NBD (newstyle handshake, no TLS: it never leaves the host
     * by itself).
     *
     * @param socket Unix-domain socket
     * @param name of the export
     * @param bitmap the NBD metadata context that tells the blocks concerned (bit 0 set: written);
     *     empty when there is none
     */
    record Export(java.nio.file.Path socket, String name, java.util.Optional<String> bitmap) {}

    /**
     * A differential update.
     *
     * @param number 1 for the first
     * @param dirtyBytes how many bytes its blocks have in all
     * @param export where they are read; its bitmap tells them
     */
    record Round(int number, long dirtyBytes, Export export) {}
}
