package dev.drover.block;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The memory image of a sleeping VM: one Zstandard frame (RFC 8878) with a checksum, so that half a
 * file, or a damaged one, is never taken for a memory. One thread at a time.
 *
 * @param path of the file; beside it lies one with {@code .new} at its end while it is written
 */
public record MemoryFile(Path path) {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int LEVEL = CompressedStream.LEVEL_DENSE;

    /** Says the memory, without closing. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** The one of a VM, in its directory. */
    public static MemoryFile in(Path directory) {
        return new MemoryFile(directory.resolve("memory.zst"));
    }

    /** Whether there is one, whole. */
    public boolean exists() {
        return Files.exists(path);
    }

    /** On return the file is whole and on stable storage; after an exception there is none. */
    public void write(Content content) throws IOException {
        replace(fresh -> {
            try (var frame = new ZstdOutputStreamNoFinalizer(create(fresh), LEVEL)) {
                frame.setChecksum(true);
                content.writeTo(frame);
            }
        });
    }

    /**
     * Takes another host's file. On return it is whole, as its checksum says, and on stable
     * storage; after an exception there is none.
     */
    public void receive(InputStream in) throws IOException {
        replace(fresh -> {
            Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            new MemoryFile(fresh).check();
        });
    }

    private interface Making {
        void make(Path fresh) throws IOException;
    }

    private void replace(Making making) throws IOException {
        Path fresh = unfinished();
        try {
            making.make(fresh);
            Volumes.sync(fresh);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
            Volumes.sync(path);
        } catch (IOException | RuntimeException e) {
            remove();
            throw e;
        }
    }

    private void check() throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream whole = read()) {
            while (whole.read(buffer) >= 0) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("Interrupted while " + path + " was checked");
                }
            }
        }
    }

    private static OutputStream create(Path file) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES);
    }

    /** What was written; reading fails with an {@link IOException} when it is not that. */
    public InputStream read() throws IOException {
        return new ZstdInputStreamNoFinalizer(Files.newInputStream(path));
    }

    /** Idempotent. */
    public void remove() throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(unfinished());
    }

    private Path unfinished() {
        return path.resolveSibling(path.getFileName() + ".new");
    }
}
