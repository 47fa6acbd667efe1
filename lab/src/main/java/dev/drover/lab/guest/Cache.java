package dev.drover.lab.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Things that take time to make, kept under a key that says what they were made from. An entry is a
 * file or a directory, whole or absent; several processes may share a cache, and one makes an entry
 * while the others wait. Thread-safe.
 */
public final class Cache {
    private static final ConcurrentHashMap<Path, Lock> LOCKS = new ConcurrentHashMap<>();

    private final Path directory;

    /** A cache in a directory, which is made when needed. */
    public Cache(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /** Makes an entry at a path that does not exist yet. */
    @FunctionalInterface
    public interface Maker {
        void make(Path path) throws IOException;
    }

    /** The entry {@code key}, made now if it is not there. The key is part of a file's name. */
    public Path get(String key, Maker maker) {
        Path entry = directory.resolve(key);
        if (Files.exists(entry)) {
            return entry;
        }
        // File locks are the process's: threads of this one need a lock of their own.
        Lock threads = LOCKS.computeIfAbsent(entry, _ -> new ReentrantLock());
        threads.lock();
        try {
            Files.createDirectories(directory);
            makeAlone(entry, maker);
            return entry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.unlock();
        }
    }

    private void makeAlone(Path entry, Maker maker) throws IOException {
        Path lockFile = directory.resolve("." + entry.getFileName() + ".lock");
        try (FileChannel channel =
                        FileChannel.open(
                                lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (Files.exists(entry)) {
                return;
            }
            Path part = directory.resolve(entry.getFileName() + ".part");
            deleteTree(part);
            try {
                maker.make(part);
                Files.move(part, entry, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteTree(part);
            }
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
