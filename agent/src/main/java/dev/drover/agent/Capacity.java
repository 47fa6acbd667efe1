package dev.drover.agent;

import dev.drover.api.HostCapacity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what this host has. */
final class Capacity {
    private static final Logger LOG = LoggerFactory.getLogger(Capacity.class);

    private Capacity() {}

    /** Empty when it cannot be seen. */
    static Optional<HostCapacity> of(HostSettings settings) {
        try {
            return Optional.of(
                    new HostCapacity(
                            Runtime.getRuntime().availableProcessors(),
                            Meminfo.bytes("MemTotal").orElse(0),
                            Files.getFileStore(settings.stateDirectory()).getTotalSpace(),
                            cpu(Files.readAllLines(Path.of("/proc/cpuinfo"))),
                            settings.bridge()));
        } catch (IOException e) {
            LOG.warn("What this host has cannot be seen", e);
            return Optional.empty();
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
