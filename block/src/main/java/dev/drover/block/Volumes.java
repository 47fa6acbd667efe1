package dev.drover.block;

import dev.drover.ports.VmSpec.Format;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The files that hold disks: makes them, measures them, brings them to stable storage. */
public final class Volumes {
    /**
     * Clusters of 64 KiB and version 3 are what QEMU recommends; stated, so that both hosts have
     * the same whatever their versions' defaults are.
     */
    private static final String QCOW2_OPTIONS =
            "compat=1.1,cluster_size=65536,preallocation=off,lazy_refcounts=off";

    private Volumes() {}

    /**
     * Creates an empty volume that reads as zeros, and syncs it and its directory. Nothing is
     * allocated for its content.
     *
     * @param volume must not exist, its directory must
     * @param sizeBytes as the guest sees it, a multiple of 512
     * @param neededBytes that the content will take; refused when the file system has less
     * @throws VolumeException when it cannot be made; nothing is left then
     */
    public static void create(Path volume, Format format, long sizeBytes, long neededBytes)
            throws VolumeException, InterruptedException {
        make(
                volume,
                sizeBytes,
                neededBytes,
                () -> {
                    switch (format) {
                        case RAW -> createRaw(volume, sizeBytes);
                        case QCOW2 -> createQcow2(volume, sizeBytes);
                    }
                });
    }

    /**
     * Creates a volume that begins as a copy of an image, zeros behind it, and syncs it and its
     * directory. What the image does not hold, or holds as zeros, is not allocated.
     *
     * @param volume must not exist, its directory must
     * @param sizeBytes as the guest sees it, a multiple of 512, at least the image's
     * @throws VolumeException when it cannot be made; nothing is left then
     */
    public static void copy(DiskImage image, Path volume, Format format, long sizeBytes)
            throws VolumeException, InterruptedException {
        if (sizeBytes < image.sizeBytes()) {
            throw new IllegalArgumentException(
                    sizeBytes + " bytes are fewer than the image's " + image.sizeBytes());
        }
        make(
                volume,
                sizeBytes,
                Math.min(sizeBytes, allocatedBytes(image.file())),
                () -> {
                    switch (format) {
                        case RAW -> convert(image, volume, format);
                        case QCOW2 -> convert(image, volume, format, "-o", QCOW2_OPTIONS);
                    }
                    String bytes = Long.toString(sizeBytes);
                    String what = "Cannot create volume " + volume;
                    QemuImg.must(
                            what, "resize", "-q", "-f", format.label(), volume.toString(), bytes);
                });
    }

    /** qemu-img makes holes of zeros by itself. */
    private static void convert(DiskImage image, Path volume, Format format, String... options)
            throws VolumeException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("convert", "-q", "-f"));
        words.add(image.format().label());
        words.addAll(List.of("-O", format.label()));
        words.addAll(List.of(options));
        words.addAll(List.of(image.file().toString(), volume.toString()));
        QemuImg.must("Cannot create volume " + volume, words.toArray(String[]::new));
    }

    /** Makes the file. */
    private interface Making {
        void make() throws IOException, InterruptedException;
    }

    private static void make(Path volume, long sizeBytes, long neededBytes, Making making)
            throws VolumeException, InterruptedException {
        String what = "Cannot create volume " + volume;
        if (sizeBytes <= 0 || sizeBytes % 512 != 0) {
            throw new IllegalArgumentException(
                    "A volume's size is a multiple of 512 bytes, not " + sizeBytes);
        }
        if (Files.exists(volume, LinkOption.NOFOLLOW_LINKS)) {
            throw inTheWay(what);
        }
        requireSpace(what, directoryOf(volume), neededBytes);
        boolean made = false;
        try {
            making.make();
            sync(volume);
            made = true;
        } catch (FileAlreadyExistsException e) {
            made = true; // By someone else: not ours to remove.
            throw inTheWay(what);
        } catch (VolumeException e) {
            throw e;
        } catch (IOException e) {
            throw new VolumeException(
                    what, "the file system refused", "Check the directory and its rights", e);
        } finally {
            if (!made) {
                delete(volume);
            }
        }
    }

    /**
     * Refuses when a file system has less room than needed.
     *
     * @param what cannot be done then, for the message
     * @param directory that exists on it
     */
    public static void requireSpace(String what, Path directory, long neededBytes)
            throws VolumeException {
        long available;
        try {
            available = Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw new VolumeException(
                    what,
                    "directory " + directory + " cannot be examined",
                    "Create it, and check its rights",
                    e);
        }
        if (available < neededBytes) {
            throw new VolumeException(
                    what,
                    "%d bytes are needed in %s and %d are available"
                            .formatted(neededBytes, directory, available),
                    "Free %d bytes there, or choose another directory"
                            .formatted(neededBytes - available));
        }
    }

    /** Bytes that a file occupies on its file system (st_blocks, in units of 512). */
    public static long allocatedBytes(Path volume) throws VolumeException {
        try {
            return FileStatus.allocatedBytes(volume);
        } catch (IOException e) {
            throw new VolumeException(
                    "Cannot measure volume " + volume,
                    "the file system refused",
                    "Check that it exists",
                    e);
        }
    }

    /** Brings a volume and its directory entry to stable storage (fsync(2) of both). */
    public static void sync(Path volume) throws VolumeException {
        try {
            force(volume, StandardOpenOption.WRITE);
            force(directoryOf(volume), StandardOpenOption.READ);
        } catch (IOException e) {
            throw new VolumeException(
                    "Cannot bring volume " + volume + " to stable storage",
                    "the file system refused",
                    "Check the storage and the kernel's log; the content is not safe",
                    e);
        }
    }

    /** Removes a volume for good, its directory entry synced. Idempotent. */
    public static void delete(Path volume) throws VolumeException {
        try {
            if (Files.deleteIfExists(volume)) {
                force(directoryOf(volume), StandardOpenOption.READ);
            }
        } catch (IOException e) {
            throw new VolumeException(
                    "Cannot remove volume " + volume,
                    "the file system refused",
                    "Check the directory's rights, and remove the file by hand",
                    e);
        }
    }

    private static void createRaw(Path volume, long sizeBytes) throws IOException {
        Files.createFile(volume);
        try (RandomAccessFile file = new RandomAccessFile(volume.toFile(), "rw")) {
            file.setLength(sizeBytes); // ftruncate(2): one hole
        }
    }

    private static void createQcow2(Path volume, long sizeBytes)
            throws IOException, InterruptedException {
        QemuImg.must(
                "Cannot create volume " + volume,
                "create",
                "-q",
                "-f",
                "qcow2",
                "-o",
                QCOW2_OPTIONS,
                volume.toString(),
                Long.toString(sizeBytes));
    }

    private static VolumeException inTheWay(String what) {
        return new VolumeException(
                what,
                "a file of that name exists",
                "Remove it if it is a leftover, or choose another name");
    }

    private static Path directoryOf(Path volume) {
        Path parent = volume.toAbsolutePath().getParent();
        return parent == null ? volume.toAbsolutePath() : parent;
    }

    private static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel file = FileChannel.open(path, how)) {
            file.force(true);
        }
    }
}
