package dev.drover.agent;

import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A volume that nobody writes to, served for reading by qemu-nbd(8). */
final class ReadOnlyExport implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(10);

    private final Process server;
    private final Path socket;

    private ReadOnlyExport(Process server, Path socket) {
        this.server = server;
        this.socket = socket;
    }

    /** Serves until it is closed. A frozen QEMU may still hold the volume's lock. */
    static ReadOnlyExport of(Path volume, VmSpec.Format format, Path socket)
            throws IOException, InterruptedException {
        Files.deleteIfExists(socket);
        Process server =
                new ProcessBuilder(
                                "qemu-nbd",
                                "--read-only",
                                "--persistent",
                                "--socket=" + socket,
                                "--image-opts",
                                "driver="
                                        + format.label()
                                        + ",file.driver=file,file.locking=off,file.filename="
                                        + volume)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        ReadOnlyExport export = new ReadOnlyExport(server, socket);
        try {
            export.awaitListening();
            return export;
        } catch (IOException | InterruptedException e) {
            export.close();
            throw e;
        }
    }

    Path socket() {
        return socket;
    }

    /** The export's name: qemu-nbd's default. */
    String name() {
        return "";
    }

    @Override
    public void close() throws IOException {
        server.destroyForcibly();
        Files.deleteIfExists(socket);
    }

    private void awaitListening() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + STARTUP.toNanos();
        while (true) {
            try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                return;
            } catch (IOException e) {
                if (!server.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("qemu-nbd does not serve the volume", e);
                }
                Thread.sleep(5);
            }
        }
    }
}
