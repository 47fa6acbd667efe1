package dev.drover.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How long the vCPUs of a process have executed, by their threads' {@code schedstat} (proc(5),
 * first field, nanoseconds).
 *
 * @param threads of the vCPUs
 */
record VcpuTime(List<Path> threads) {
    static VcpuTime of(QmpConnection qmp, long pid) {
        return new VcpuTime(
                qmp.execute("query-cpus-fast").values().stream()
                        .map((JsonNode cpu) -> cpu.path("thread-id").asLong(pid))
                        .distinct()
                        .map(t -> Path.of("/proc/" + pid + "/task/" + t + "/schedstat"))
                        .toList());
    }

    /** Zero when the kernel does not tell. */
    Duration executed() {
        long nanos = 0;
        for (Path thread : threads) {
            try {
                nanos += Long.parseLong(firstWord(Files.readString(thread)));
            } catch (IOException | NumberFormatException _) {
                return Duration.ZERO;
            }
        }
        return Duration.ofNanos(nanos);
    }

    private static String firstWord(String line) {
        return line.substring(0, Math.max(0, line.indexOf(' ')));
    }
}
