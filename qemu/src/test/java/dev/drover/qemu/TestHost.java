package dev.drover.qemu;

import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Directories, volumes and taps for real QEMUs; everything made is taken away by {@link #close}.
 */
final class TestHost implements AutoCloseable {
    static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
    static final long DISK_BYTES = 64L << 20;
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration A_COMMAND = Duration.ofSeconds(60);

    private final QemuHypervisor hypervisor = new QemuHypervisor(QEMU);
    private final Path root;
    private final Deque<Allocation> allocations = new ArrayDeque<>();
    private final List<Guest> guests = new ArrayList<>();

    TestHost() throws IOException {
        root = Files.createTempDirectory("drover-qemu");
    }

    QemuHypervisor hypervisor() {
        return hypervisor;
    }

    VmSpec spec(VmSpec.Format format, long memoryBytes) {
        return new VmSpec(
                "it-vm",
                1,
                memoryBytes,
                new VmSpec.DiskSpec(format, DISK_BYTES),
                new VmSpec.NicSpec("52:54:00:12:34:56", "none"),
                new VmSpec.Boot.FromDisk());
    }

    /** 64 MiB, or a little more where that is needed for live rounds. */
    VmSpec spec(VmSpec.Format format) {
        return spec(format, hypervisor.safeMemoryBytes(64 << 20));
    }

    /** A directory with an empty volume, and a tap. */
    Allocation allocate(VmSpec spec) throws IOException {
        int number = COUNT.incrementAndGet();
        String tap = "dq" + ProcessHandle.current().pid() % 1_000_000 + "n" + number;
        Allocation made = new Allocation(Files.createDirectory(root.resolve("vm" + number)), tap);
        run("ip", "tuntap", "add", "dev", tap, "mode", "tap");
        allocations.push(made);
        run("ip", "link", "set", tap, "up");
        run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                spec.disk().format().label(),
                made.volume(spec.disk().format()).toString(),
                Long.toString(spec.disk().sizeBytes()));
        return made;
    }

    /** As {@link #allocate} with a guest on the volume. */
    Allocation allocate(VmSpec spec, LoadGuest guest) throws IOException {
        Allocation made = allocate(spec);
        Path raw = made.directory().resolve("boot.raw");
        Files.deleteIfExists(raw);
        run("truncate", "-s", Long.toString(spec.disk().sizeBytes()), raw.toString());
        guest.install(raw);
        String format = spec.disk().format().label();
        run(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                format,
                raw.toString(),
                made.volume(spec.disk().format()).toString());
        Files.delete(raw);
        return made;
    }

    /** Ends with this host. */
    <T extends Guest> T owned(T guest) {
        guests.add(guest);
        return guest;
    }

    /** Copies a whole export into another. */
    static void copy(Disk.Export from, Disk.Export to) throws IOException {
        run("nbdcopy", "--flush", uri(from), uri(to));
    }

    /** A range of a disk. */
    record Extent(long offset, int length) {}

    /** The ranges that the export's bitmap marks. */
    static List<Extent> marked(Disk.Export export) throws IOException {
        String json =
                run("nbdinfo", "--json", "--map=" + export.bitmap().orElseThrow(), uri(export));
        List<Extent> marked = new ArrayList<>();
        for (JsonNode extent : new JsonMapper().readTree(json)) {
            if ((extent.path("type").asInt() & 1) != 0) {
                marked.add(
                        new Extent(extent.path("offset").asLong(), extent.path("length").asInt()));
            }
        }
        return marked;
    }

    /** Copies the ranges that the export's bitmap marks. */
    static void copyMarked(Disk.Export from, Disk.Export to) throws IOException {
        try (NbdPeer source = new NbdPeer(from);
                NbdPeer target = new NbdPeer(to)) {
            for (Extent extent : marked(from)) {
                target.write(extent.offset(), source.read(extent.offset(), extent.length()));
            }
            target.flush();
        }
    }

    /** SHA-256 of what an image shows a guest. */
    static String digest(String image, VmSpec.Format format) throws IOException {
        Path raw = Files.createTempFile("drover-qemu", ".raw");
        try {
            run("qemu-img", "convert", "-f", format.label(), "-O", "raw", image, raw.toString());
            return run("sha256sum", raw.toString()).substring(0, 64);
        } finally {
            Files.delete(raw);
        }
    }

    static String uri(Disk.Export export) {
        return "nbd+unix:///" + export.name() + "?socket=" + export.socket();
    }

    static String run(String... command) throws IOException {
        Commands.Outcome outcome = Commands.run(List.of(command), A_COMMAND);
        if (outcome.status() != 0) {
            throw new IOException(
                    String.join(" ", command) + ": " + outcome.status() + " " + outcome.output());
        }
        return outcome.output();
    }

    @Override
    public void close() throws IOException {
        for (Guest guest : guests) {
            guest.kill();
            guest.close();
        }
        for (Allocation allocation : allocations) {
            QemuHypervisor.killLeftover(allocation.directory());
            run("ip", "link", "del", allocation.tap());
        }
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
