package dev.drover.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent a host: the holder of a lock on the state directory. An older holder is ended first,
 * and seen to be gone: a stalled agent could still have a command to its QEMU under way.
 */
final class StateLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateLock.class);
    private static final String FILE = "agent.lock";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final FileChannel file;

    private StateLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Whether somebody holds the lock; changes nothing. Not for a process that holds it itself: it
     * would lose it by the close here (fcntl_locking(2)).
     */
    static boolean isHeld(Path stateDirectory) throws IOException {
        Path file = stateDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException _) {
            return true;
        }
    }

    /** Takes the lock. Throws {@link IOException} when an older holder cannot be ended. */
    static StateLock take(Path stateDirectory) throws IOException, InterruptedException {
        FileChannel file =
                FileChannel.open(
                        Files.createDirectories(stateDirectory).resolve(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        FileLock lock = file.tryLock();
        while (lock == null) {
            endHolder(file);
            if (System.nanoTime() > deadline) {
                file.close();
                throw new IOException(
                        "Another agent holds "
                                + stateDirectory
                                + " and does not end; end it, or choose another --state-dir");
            }
            Thread.sleep(10); // The kernel gives the lock up when the process is gone.
            lock = file.tryLock();
        }
        file.truncate(0);
        file.write(
                ByteBuffer.wrap(
                        Long.toString(ProcessHandle.current().pid())
                                .getBytes(StandardCharsets.US_ASCII)),
                0);
        return new StateLock(file);
    }

    private static void endHolder(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        file.read(bytes, 0);
        String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        if (!pid.isEmpty()) {
            LOG.warn("An older agent, process {}, holds the state directory: ending it", pid);
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
