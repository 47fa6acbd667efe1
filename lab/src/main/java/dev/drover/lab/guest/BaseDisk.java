package dev.drover.lab.guest;

import dev.drover.lab.Command;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk with an ext4 file system full of this machine's own files, so that what is moved is of
 * real content. Behind the file system the disk is empty; its last {@link #ARENA_BYTES} are the
 * arena into which the guest writes blocks.
 *
 * @param file the disk, no larger than the file system
 * @param fileSystemBytes its size as the guest sees it
 */
public record BaseDisk(Path file, long fileSystemBytes) {
    /** Bytes at the end of every disk into which the guest writes. */
    public static final long ARENA_BYTES = 64L << 20;

    /** What a disk is filled with unless asked otherwise. */
    public static final long CONTENT_BYTES = 256L << 20;

    private static final String RAW_FILE = "disk.raw";
    private static final List<Path> WHERE = List.of(Path.of("/usr/lib"), Path.of("/usr/share"));
    private static final long SMALLEST_FILE = 16L << 10;
    private static final long LARGEST_FILE = 16L << 20;

    /** The smallest disk that this can become. */
    public long minimumBytes() {
        return fileSystemBytes + ARENA_BYTES;
    }

    /**
     * The disk out of the cache, or made now.
     *
     * @param contentBytes about how much to fill it with, at least 1 MiB
     */
    public static BaseDisk make(Cache cache, VmSpec.Format format, long contentBytes) {
        long mebibytes = Math.max(1, contentBytes >> 20);
        long fileSystemBytes = (mebibytes + mebibytes / 4 + 16) << 20;
        Path raw =
                cache.get(
                                "base-" + mebibytes,
                                path -> makeRaw(path, mebibytes << 20, fileSystemBytes))
                        .resolve(RAW_FILE);
        Path file =
                switch (format) {
                    case RAW -> raw;
                    case QCOW2 ->
                            cache.get("base-" + mebibytes + ".qcow2", path -> convert(raw, path));
                };
        return new BaseDisk(file, fileSystemBytes);
    }

    private static void convert(Path raw, Path qcow2) {
        Command.run(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                "qcow2",
                raw.toString(),
                qcow2.toString());
    }

    private static void makeRaw(Path entry, long contentBytes, long fileSystemBytes)
            throws IOException {
        Files.createDirectory(entry);
        Path staging = Files.createDirectory(entry.resolve("content"));
        int number = 0;
        for (Path file : choose(contentBytes)) {
            Path directory = staging.resolve("files", "%02d".formatted(number++ % 50));
            Files.createDirectories(directory);
            linkOrCopy(file, directory.resolve(number + "-" + file.getFileName()));
        }
        Command.run(
                "mke2fs",
                "-q",
                "-F",
                "-t",
                "ext4",
                "-m",
                "0",
                "-E",
                "lazy_itable_init=0",
                "-d",
                staging.toString(),
                entry.resolve(RAW_FILE).toString(),
                (fileSystemBytes >> 10) + "k");
        Cache.deleteTree(staging);
    }

    private static void linkOrCopy(Path file, Path name) throws IOException {
        try {
            Files.createLink(name, file);
        } catch (IOException | UnsupportedOperationException _) {
            // Another file system, or one without links.
            Files.copy(file, name);
        }
    }

    private static List<Path> choose(long contentBytes) {
        var chosen = new Choice(contentBytes);
        try {
            for (Path root : WHERE) {
                Files.walkFileTree(root, chosen);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return chosen.files;
    }

    /** Takes files of a middling size until there is enough. */
    private static final class Choice extends SimpleFileVisitor<Path> {
        private final List<Path> files = new ArrayList<>();
        private long room;

        Choice(long room) {
            this.room = room;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            long size = attributes.size();
            if (attributes.isRegularFile()
                    && size >= SMALLEST_FILE
                    && size <= Math.min(LARGEST_FILE, room)
                    && Files.isReadable(file)) {
                files.add(file);
                room -= size;
            }
            return room < SMALLEST_FILE ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
            return FileVisitResult.CONTINUE;
        }
    }
}
