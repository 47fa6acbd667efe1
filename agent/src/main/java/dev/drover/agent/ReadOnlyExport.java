package dev.drover.agent;

import dev.drover.block.NbdClient;
import dev.drover.block.NbdException;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A volume that nobody writes to, read by way of qemu-nbd(8), which serves one client and ends when
 * that goes, by its own will or because this process died.
 *
 * @param client who reads
 */
record ReadOnlyExport(Process server, NbdClient client, Path socket) implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(10);

    /** A frozen QEMU may still hold the volume's lock. */
    static ReadOnlyExport of(Path volume, VmSpec.Format format, Path socket)
            throws IOException, InterruptedException {
        Files.deleteIfExists(socket);
        Process server =
                new ProcessBuilder(
                                "qemu-nbd",
                                "--read-only",
                                "--socket=" + socket,
                                "--image-opts",
                                "driver="
                                        + format.label()
                                        + ",file.driver=file,file.locking=off,file.filename="
                                        + volume)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return new ReadOnlyExport(server, connect(server, socket), socket);
        } catch (IOException | InterruptedException e) {
            server.destroyForcibly();
            Files.deleteIfExists(socket);
            throw e;
        }
    }

    /** Until it listens; its export has no name. */
    private static NbdClient connect(Process server, Path socket)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + STARTUP.toNanos();
        while (true) {
            try {
                return NbdClient.connect(socket, "", NbdClient.ALLOCATION);
            } catch (NbdException e) {
                if (!server.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("qemu-nbd does not serve the volume", e);
                }
                Thread.sleep(5);
            }
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.destroyForcibly();
        Files.deleteIfExists(socket);
    }
}
