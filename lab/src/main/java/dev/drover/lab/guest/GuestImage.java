package dev.drover.lab.guest;

import dev.drover.lab.Command;
import dev.drover.lab.LabException;
import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;

/**
 * All that a guest boots from: kernel, initial RAM disk and a disk to copy. Thread-safe.
 *
 * <p>Packages used: e2fsprogs, gcc with libc6-dev, busybox-static, qemu-utils, xz-utils, zstd, dpkg
 * and apt (the kernel, when none is installed).
 */
public final class GuestImage {
    /** The least memory that the kernel boots in. */
    public static final long MINIMUM_MEMORY_BYTES = 128L << 20;

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final long LARGEST_REGION = 64L << 20;
    private static final long UNIT = 4096;

    private final Cache cache;
    private final Path kernel;
    private final Path initrd;
    private final long contentBytes;

    private GuestImage(Cache cache, Path kernel, Path initrd, long contentBytes) {
        this.cache = cache;
        this.kernel = kernel;
        this.initrd = initrd;
        this.contentBytes = contentBytes;
    }

    /** Takes everything out of the cache, or makes it, for disks of the usual content. */
    public static GuestImage prepare(Cache cache) {
        return prepare(cache, BaseDisk.CONTENT_BYTES);
    }

    /**
     * Takes everything out of the cache, or makes it: 8 s of processor time, spread over two cores,
     * and the download of a kernel where none is installed; 50 ms when all is there.
     *
     * @param contentBytes about how many bytes of files the disk holds
     * @throws LabException when a tool or the kernel cannot be had
     */
    public static GuestImage prepare(Cache cache, long contentBytes) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var disk =
                    CompletableFuture.runAsync(
                            () -> BaseDisk.make(cache, VmSpec.Format.RAW, contentBytes), threads);
            var kernel = CompletableFuture.supplyAsync(() -> KernelPackage.find(cache), threads);
            var program = CompletableFuture.supplyAsync(() -> GuestProgram.compile(cache), threads);
            Path initrd = initrd(cache, kernel.join(), program.join());
            disk.join();
            return new GuestImage(cache, kernel.join().kernel(), initrd, contentBytes);
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static Path initrd(Cache cache, KernelPackage kernel, Path program) {
        try {
            List<String> order = Files.readAllLines(kernel.modules().resolve("order"));
            var crc = new CRC32C();
            for (String file : order) {
                crc.update(Files.readAllBytes(kernel.modules().resolve(file)));
            }
            String key =
                    "initrd-"
                            + HexFormat.of().toHexDigits((int) crc.getValue())
                            + "-"
                            + GuestProgram.digest();
            return cache.get(key, path -> writeInitrd(path, kernel, order, program));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeInitrd(
            Path path, KernelPackage kernel, List<String> order, Path program) throws IOException {
        if (!Files.exists(BUSYBOX)) {
            throw new LabException(BUSYBOX + " is missing; install the package busybox-static");
        }
        try (var cpio = new Cpio(Files.newOutputStream(path))) {
            cpio.directory("bin");
            cpio.directory("modules");
            cpio.program("init", Files.readAllBytes(program));
            cpio.program("bin/busybox", Files.readAllBytes(BUSYBOX));
            cpio.link("bin/sh", "busybox");
            cpio.file("modules/order", Files.readAllBytes(kernel.modules().resolve("order")));
            for (String file : order) {
                cpio.file("modules/" + file, Files.readAllBytes(kernel.modules().resolve(file)));
            }
        }
    }

    /** The smallest disk that {@link #install} makes. */
    public long minimumDiskBytes() {
        return BaseDisk.make(cache, VmSpec.Format.RAW, contentBytes).minimumBytes();
    }

    /**
     * Puts kernel, initial RAM disk and a disk into a VM's directory, by the names of {@link
     * Allocation}. Holes stay holes.
     *
     * @param sizeBytes of the disk as the guest sees it, a multiple of 4096
     * @throws LabException when the size is too small, or there is no room
     */
    public void install(Path directory, VmSpec.Format format, long sizeBytes) {
        BaseDisk base = BaseDisk.make(cache, format, contentBytes);
        if (sizeBytes < base.minimumBytes() || sizeBytes % UNIT != 0) {
            throw new LabException(
                    "The guest's disk is a multiple of 4096 bytes, %d MiB or more, not %d bytes"
                            .formatted(base.minimumBytes() >> 20, sizeBytes));
        }
        var allocation = new Allocation(directory, "unused");
        try {
            Files.createDirectories(directory);
            copySparsely(kernel, allocation.kernel());
            copySparsely(initrd, allocation.initrd());
            Path volume = allocation.volume(format);
            copySparsely(base.file(), volume);
            resize(volume, format, sizeBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** cp(1) shares blocks where the file system can, and leaves holes where it cannot. */
    private static void copySparsely(Path from, Path to) {
        Command.run("cp", "--reflink=auto", "--sparse=auto", "--", from.toString(), to.toString());
    }

    private static void resize(Path volume, VmSpec.Format format, long sizeBytes)
            throws IOException {
        switch (format) {
            case RAW -> {
                try (var file = new RandomAccessFile(volume.toFile(), "rw")) {
                    file.setLength(sizeBytes);
                }
            }
            case QCOW2 ->
                    Command.run(
                            "qemu-img",
                            "resize",
                            "-q",
                            "-f",
                            "qcow2",
                            volume.toString(),
                            Long.toString(sizeBytes));
        }
    }

    /**
     * The kernel's command line.
     *
     * @param address of the guest, without a prefix length, which is 24
     * @param memoryBytes of the VM: a quarter of it, 64 MiB at most, is the region that the load
     *     dirties and that is verified
     */
    public static String commandLine(String address, long memoryBytes) {
        long region = Math.min(LARGEST_REGION, memoryBytes / 4) / UNIT * UNIT;
        return String.join(
                " ",
                "console=ttyS0 quiet panic=-1 ipv6.disable=1 mitigations=off preempt=full",
                "no_timer_check cryptomgr.notests",
                "drover.ip=" + address + "/24",
                "drover.region=" + region,
                "drover.arena=" + BaseDisk.ARENA_BYTES);
    }
}
