package dev.drover.agent;

import dev.drover.api.HostCapacity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at what this host has. */
final class Capacity {
    private Capacity() {}

    static HostCapacity of(HostSettings settings) {
        try {
            return new HostCapacity(
                    Runtime.getRuntime().availableProcessors(),
                    Meminfo.bytes("MemTotal").orElse(0),
                    Files.getFileStore(settings.stateDirectory()).getTotalSpace(),
                    cpu(Files.readAllLines(Path.of("/proc/cpuinfo"))),
                    settings.bridge());
        } catch (IOException e) {
            throw new UncheckedIOException("What this host has cannot be seen", e);
        }
    }

    static String cpu(List<String> cpuinfo) {
        return cpuinfo.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.replaceFirst("[^:]*:\\s*", ""))
                .findFirst()
                .orElse("");
    }
}
