package dev.drover.agent;

import dev.drover.block.NbdClient;
import dev.drover.block.NbdException;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A volume that no hypervisor writes to, served by qemu-nbd(8) under the name "". It ends when its
 * clients are gone, by their own will or because this process died; one whose client had not come
 * yet when this process was killed stays until it is ended by hand.
 *
 * @param client a connection to it
 * @param socket where others may connect
 */
record VolumeServer(Process server, NbdClient client, Path socket, boolean writable)
        implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(10);
    private static final Duration WRITING_OUT = Duration.ofSeconds(60);
    private static final int MOST_CLIENTS = 8;

    /** For those who read; a frozen QEMU may still hold the volume's lock. */
    static VolumeServer readOnly(Path volume, VmSpec.Format format, Path socket)
            throws IOException, InterruptedException {
        return start(List.of("--read-only"), volume, format, socket, false);
    }

    /** For one who writes. What was written is in the volume when it is closed, not yet synced. */
    static VolumeServer writable(Path volume, VmSpec.Format format, Path socket)
            throws IOException, InterruptedException {
        return start(List.of("--discard=unmap"), volume, format, socket, true);
    }

    private static VolumeServer start(
            List<String> options, Path volume, VmSpec.Format format, Path socket, boolean writable)
            throws IOException, InterruptedException {
        Files.deleteIfExists(socket);
        List<String> command = new ArrayList<>(List.of("qemu-nbd"));
        command.addAll(options);
        command.addAll(
                List.of(
                        "--shared=" + MOST_CLIENTS,
                        "--socket=" + socket,
                        "--image-opts",
                        "driver="
                                + format.label()
                                + ",file.driver=file,file.locking=off,file.filename="
                                + volume));
        Process server =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return new VolumeServer(server, connect(server, socket), socket, writable);
        } catch (IOException | InterruptedException e) {
            server.destroyForcibly();
            Files.deleteIfExists(socket);
            throw e;
        }
    }

    /** Until it listens. */
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

    /** Ends it, other clients or not; one that may have been written to is let finish. */
    @Override
    public void close() throws IOException {
        try {
            client.close();
            if (writable && !server.waitFor(WRITING_OUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(
                        "qemu-nbd did not write its volume out within "
                                + WRITING_OUT.toSeconds()
                                + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while qemu-nbd wrote its volume out", e);
        } finally {
            server.destroyForcibly();
            Files.deleteIfExists(socket);
        }
    }
}
