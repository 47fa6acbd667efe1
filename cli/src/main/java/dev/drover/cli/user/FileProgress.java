package dev.drover.cli.user;

import dev.drover.cli.Terminal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is read, and shows how far it is: on a terminal a line that changes in place,
 * elsewhere a line for each tenth. One thread at a time.
 */
final class FileProgress extends FilterInputStream {
    private static final long BETWEEN_LINES_NANOS = 200_000_000;
    private static final int STEPS = 10;

    private final PrintWriter err;
    private final String what;
    private final long totalBytes;
    private final boolean terminal = Terminal.isThere();
    private final long begun = System.nanoTime();
    private long shownAt = begun;
    private long shownSteps;
    private long done;

    private FileProgress(InputStream in, PrintWriter err, String what, long totalBytes) {
        super(in);
        this.err = err;
        this.what = what;
        this.totalBytes = totalBytes;
    }

    /**
     * Begins to read.
     *
     * @param what happens to the file, for the line
     */
    static FileProgress open(Path file, PrintWriter err, String what) throws IOException {
        return new FileProgress(Files.newInputStream(file), err, what, Files.size(file));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int got = super.read(bytes, offset, length);
        if (got > 0) {
            done += got;
            show(System.nanoTime());
        }
        return got;
    }

    private void show(long now) {
        long steps = done * STEPS / totalBytes;
        if (terminal && now - shownAt > BETWEEN_LINES_NANOS) {
            err.print(MoveWatch.ERASE + line(now - begun));
        } else if (!terminal && steps > shownSteps) {
            err.println(line(now - begun));
        } else {
            return;
        }
        err.flush();
        shownAt = now;
        shownSteps = steps;
    }

    private String line(long tookNanos) {
        double share = (double) done / totalBytes;
        double left = tookNanos / 1e9 * (1 - share) / share;
        return what + MoveWatch.bar("", share) + MoveWatch.eta(left);
    }

    @Override
    public void close() throws IOException {
        if (terminal) {
            err.print(MoveWatch.ERASE);
            err.flush();
        }
        super.close();
    }
}
