package dev.drover.cli;

import dev.drover.lab.Lab;
import dev.drover.lab.LabException;
import dev.drover.lab.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine must have for a demo, looked at before anything is made. */
final class DemoNeeds {
    private static final long MIB = 1L << 20;

    /** Agents, monitor and client. */
    private static final long PROCESSES_BYTES = 1024 * MIB;

    /** The guest's kernel and content, and logs. */
    private static final long CACHE_BYTES = 1024 * MIB;

    /** In a move both hosts have the VM, and both are this machine. */
    private static final int COPIES = 2;

    private DemoNeeds() {}

    /** Throws {@link BadInput} when something is missing. */
    static void check(DemoOptions options) {
        try {
            Lab.requireRoot();
            checkSpace(COPIES * diskBytes(options) + CACHE_BYTES, options.stateDirectory());
            checkMemory(COPIES * options.memoryBytes() + PROCESSES_BYTES, Path.of("/proc/meminfo"));
            Lab.check(
                    new Layout(options.prefix(), options.hosts()),
                    options.stateDirectory().resolve("lab"));
        } catch (LabException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long diskBytes(DemoOptions options) {
        return options.image()
                .map(image -> DemoImage.inspect(image).sizeBytes())
                .orElse(options.diskBytes());
    }

    static void checkSpace(long needed, Path directory) throws IOException {
        Path there = directory;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there)) {
            throw new BadInput(
                    "%s cannot be made: %s is no directory; name another --state-dir"
                            .formatted(directory, there));
        }
        if (!Files.isWritable(there)) {
            throw new BadInput(
                    "%s cannot be made: %s cannot be written to; name another --state-dir"
                            .formatted(directory, there));
        }
        long free = Files.getFileStore(there).getUsableSpace();
        if (Files.getFileStore(there).getTotalSpace() == 0) {
            throw new BadInput(
                    "%s cannot be made: %s is on a file system that keeps no files; name another --state-dir"
                            .formatted(directory, there));
        }
        if (free < needed) {
            throw new BadInput(
                    "No space left for the demo: it needs %s below %s, which has %s; free some, take a smaller --disk-size, or name another --state-dir"
                            .formatted(Sizes.inWords(needed), directory, Sizes.inWords(free)));
        }
    }

    static void checkMemory(long needed, Path meminfo) throws IOException {
        long available =
                Files.readAllLines(meminfo).stream()
                        .filter(line -> line.startsWith("MemAvailable:"))
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                        .findFirst()
                        .orElse(Long.MAX_VALUE);
        if (available < needed) {
            throw new BadInput(
                    "Not enough memory for the demo: it needs %s, this machine has %s available; free some, or take a smaller --memory-size"
                            .formatted(Sizes.inWords(needed), Sizes.inWords(available)));
        }
    }
}
