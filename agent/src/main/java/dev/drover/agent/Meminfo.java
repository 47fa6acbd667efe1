package dev.drover.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** What the kernel says of this host's memory, in proc_meminfo(5). */
final class Meminfo {
    private static final Path FILE = Path.of("/proc/meminfo");

    private Meminfo() {}

    /** A field's value in bytes, such as that of {@code MemTotal}. */
    static OptionalLong bytes(String field) throws IOException {
        return bytes(field, Files.readAllLines(FILE));
    }

    /** As the other, of these lines. The kernel gives kilobytes and means 1024 bytes. */
    static OptionalLong bytes(String field, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst();
    }
}
