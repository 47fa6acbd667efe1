package dev.drover.lab.guest;

import dev.drover.lab.LabException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Unpacks what distributions compress kernels and modules with, known by its first bytes. */
final class Compression {
    private Compression() {}

    /** The content unpacked, or as it is when it is not packed. */
    static byte[] unpack(byte[] content) throws IOException {
        String start = HexFormat.of().formatHex(content, 0, Math.min(6, content.length));
        if (start.equals("fd377a585a00")) {
            return pipe(List.of("xz", "-dc"), content);
        }
        if (start.startsWith("28b52ffd")) {
            return pipe(List.of("zstd", "-dcq"), content);
        }
        if (start.startsWith("1f8b")) {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(content))) {
                return in.readAllBytes();
            }
        }
        return content;
    }

    private static byte[] pipe(List<String> command, byte[] content) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Thread feeder = Thread.ofVirtual().start(() -> feed(process, content));
        try {
            byte[] unpacked = process.getInputStream().readAllBytes();
            feeder.join();
            if (process.waitFor() != 0) {
                throw new LabException("'" + command.getFirst() + "' could not unpack the kernel");
            }
            return unpacked;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("Interrupted while the kernel was unpacked", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void feed(Process process, byte[] content) {
        try (var in = process.getOutputStream()) {
            in.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
