package dev.drover.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A tool of the system that is run to its end. */
public final class Command {
    private Command() {}

    /**
     * Runs a tool and waits for it.
     *
     * @return what it wrote on its standard output
     * @throws LabException when it is missing or fails, with what it said on its standard error
     */
    public static String run(String... words) {
        return run(List.of(words), "", Path.of("/"));
    }

    /** Like {@link #run(String...)}, with {@code input} on the standard input. */
    public static String run(List<String> words, String input) {
        return run(words, input, Path.of("/"));
    }

    /** Like {@link #run(String...)}, in {@code directory}. */
    public static String run(List<String> words, String input, Path directory) {
        Process process;
        try {
            process = new ProcessBuilder(words).directory(directory.toFile()).start();
        } catch (IOException e) {
            throw new LabException(
                    "Cannot run '"
                            + words.getFirst()
                            + "'; is the package installed that contains it?",
                    e);
        }
        try {
            return finish(process, words, input);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String finish(Process process, List<String> words, String input) {
        var errors = new CompletableFuture<String>();
        Thread.ofVirtual().start(() -> errors.complete(readErrors(process)));
        try {
            feed(process, input);
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new LabException(
                        "'%s' failed with status %d: %s"
                                .formatted(String.join(" ", words), status, errors.join().strip()));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("Interrupted while '" + words.getFirst() + "' ran", e);
        }
    }

    private static String readErrors(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            return "(its messages could not be read: " + e.getMessage() + ")";
        }
    }

    private static void feed(Process process, String input) throws IOException {
        try (OutputStream standardInput = process.getOutputStream()) {
            standardInput.write(input.getBytes(UTF_8));
        } catch (IOException e) {
            // A tool that fails early closes its input; its status tells more than this would.
            if (!input.isEmpty() && process.isAlive()) {
                throw e;
            }
        }
    }
}
