package dev.drover.block;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A qemu-nbd or nbdkit on a Unix-domain socket in its own directory, ended by its process id. */
final class NbdProcess implements Closeable {
    private final Path directory;
    private final Process server;

    private NbdProcess(Path directory, Process server) {
        this.directory = directory;
        this.server = server;
    }

    /** Serves an image; export "disk". */
    static NbdProcess qemu(String... options) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("drover-nbd");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "qemu-nbd",
                                "--persistent",
                                "--shared=8",
                                "--export-name=disk",
                                "--socket=" + directory.resolve("nbd.sock"),
                                "--pid-file=" + directory.resolve("pid")));
        command.addAll(List.of(options));
        return start(directory, command);
    }

    /** Runs a plug-in, filters before it. */
    static NbdProcess nbdkit(String... options) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("drover-nbd");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "nbdkit",
                                "--foreground",
                                "--exit-with-parent",
                                "--unix=" + directory.resolve("nbd.sock"),
                                "--pidfile=" + directory.resolve("pid")));
        command.addAll(List.of(options));
        return start(directory, command);
    }

    /** Returns once the server listens: both write their process id only then. */
    private static NbdProcess start(Path directory, List<String> command)
            throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Path pid = directory.resolve("pid");
        Process server =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(pid)) {
            boolean ended = server.waitFor(2, TimeUnit.MILLISECONDS);
            if (ended || System.nanoTime() > deadline) {
                server.destroyForcibly();
                throw new AssertionError(command + " does not listen: " + Files.readString(log));
            }
        }
        return new NbdProcess(directory, server);
    }

    /** Runs a tool to its end; its standard output. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(List.of(command) + " failed: " + output);
        }
        return output;
    }

    Path socket() {
        return directory.resolve("nbd.sock");
    }

    NbdClient connect(String... contexts) throws IOException {
        return NbdClient.connect(socket(), "disk", contexts);
    }

    void kill() {
        server.destroyForcibly();
        Process _ = server.onExit().join();
    }

    @Override
    public void close() throws IOException {
        server.destroy();
        Process _ = server.onExit().join();
        for (String name : List.of("nbd.sock", "pid", "log")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.delete(directory);
    }
}
