package dev.drover.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Commands {
    private Commands() {}

    /** What a program did: its exit status, and its output and error output together. */
    record Outcome(int status, String output) {}

    /**
     * Runs a program that says at most a pipe's worth (64 KiB).
     *
     * @return status -1 when it had to be ended after {@code atMost}
     * @throws IOException when it cannot be started
     */
    static Outcome run(List<String> command, Duration atMost) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            boolean over = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
            if (!over) {
                process.destroyForcibly().waitFor();
            }
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(over ? process.exitValue() : -1, output);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while running " + command.getFirst(), e);
        }
    }
}
