package dev.drover.block;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Step 8 of a move: transfers the mounted image into the container. Only ranges that the source has
 * allocated travel ({@link NbdClient#ALLOCATION}), of these only blocks that are not zero are
 * written, so holes stay holes.
 *
 * <p>The target's volume need not be fresh: if its export grants {@link NbdClient#ALLOCATION}, what
 * an earlier, broken pull left there is made zeros first. Without that context it must read as
 * zeros throughout.
 *
 * <p>One thread. An interrupt ends the pull; the connections are of no more use then, nor after any
 * other exception. Nothing is flushed: the last round's FLUSH brings everything to stable storage,
 * and {@link NbdClient#flush} may be called meanwhile to make that one short.
 */
public final class ImagePull {
    private static final long REPORT_NANOS = Duration.ofMillis(50).toNanos();

    private final CopySettings settings;
    private final LongSupplier nanoTime;

    /** With {@link System#nanoTime} for the rates. */
    public ImagePull(CopySettings settings) {
        this(settings, System::nanoTime);
    }

    /** With a clock of the caller's, in nanoseconds. */
    public ImagePull(CopySettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /**
     * Pulls.
     *
     * @param source the image; should grant {@link NbdClient#ALLOCATION}, else all of it is read
     * @param target at least as large, writable
     * @param listener told at the start, then some 20 times a second, and at the end
     * @throws NbdException as {@link NbdClient}
     * @throws InterruptedException if the thread was interrupted
     */
    public Outcome pull(NbdClient source, NbdClient target, Consumer<PullProgress> listener)
            throws IOException, InterruptedException {
        if (target.size() < source.size()) {
            throw new NbdException(
                    "The volume behind %s has %d bytes, the image %d; make it as large as the image"
                            .formatted(target, target.size(), source.size()));
        }
        try {
            wipe(target);
            List<Extent> data = dataOf(source);
            Report report = new Report(data.stream().mapToLong(Extent::length).sum(), listener);
            report.tell(0);
            Outcome outcome =
                    new ExtentCopy(settings)
                            .copy(source, target, data, ExtentCopy.Zeros.LEAVE, report::done);
            report.tell(outcome.extentBytes());
            return outcome;
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw Interruption.of(e);
            }
            throw e;
        }
    }

    /** The extents of an export that may hold something else than zeros. */
    static List<Extent> dataOf(NbdClient export) throws IOException {
        if (!export.hasContext(NbdClient.ALLOCATION)) {
            return export.size() == 0 ? List.of() : List.of(new Extent(0, export.size(), 0));
        }
        List<Extent> data = new ArrayList<>(export.extents(NbdClient.ALLOCATION, 0, export.size()));
        data.removeIf(Extent::isZero);
        return data;
    }

    private static void wipe(NbdClient target) throws IOException {
        if (target.hasContext(NbdClient.ALLOCATION)) {
            for (Extent stale : dataOf(target)) {
                target.writeZeroes(stale.offset(), stale.length());
            }
        }
    }

    private final class Report {
        private final long totalBytes;
        private final Consumer<PullProgress> listener;
        private final long start = nanoTime.getAsLong();
        private long last = start;

        Report(long totalBytes, Consumer<PullProgress> listener) {
            this.totalBytes = totalBytes;
            this.listener = listener;
        }

        void done(long bytes) {
            if (bytes < totalBytes && nanoTime.getAsLong() - last >= REPORT_NANOS) {
                tell(bytes);
            }
        }

        void tell(long bytes) {
            last = nanoTime.getAsLong();
            listener.accept(PullProgress.of(bytes, totalBytes, last - start));
        }
    }
}
