package dev.drover.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The rate of the processor's time stamp counter, which TCG hands through to the guest. */
final class TimeStamps {
    private TimeStamps() {}

    static int perMilli() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("cpu MHz"))
                    .findFirst()
                    .map(l ->
                            (int)
                                    (Double.parseDouble(l.substring(l.indexOf(':') + 1).strip())
                                            * 1000))
                    .orElse(2_500_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
