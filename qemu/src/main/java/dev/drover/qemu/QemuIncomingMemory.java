package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A migration stream on its way into a QEMU that waits ({@code -incoming defer}). */
final class QemuIncomingMemory implements IncomingMemory {
    private static final Logger LOG = LoggerFactory.getLogger(QemuIncomingMemory.class);
    private static final int BUFFER = 256 << 10;

    private final QmpConnection qmp;
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();

    private QemuIncomingMemory(QmpConnection qmp) {
        this.qmp = qmp;
        qmp.listen(this::heard);
        var _ = qmp.ended()
                .thenRun(() ->
                        loaded.completeExceptionally(
                                new HypervisorException("QEMU died while it loaded")));
    }

    static QemuIncomingMemory begin(
            QmpConnection qmp, Path directory, InputStream fromSource, OutputStream toSource) {
        Path socket = QemuCommandLine.socket(directory, "incoming.sock");
        QemuIncomingMemory memory = new QemuIncomingMemory(qmp);
        try {
            Files.deleteIfExists(socket);
            MigrationSettings.target(qmp);
            qmp.execute("migrate-incoming", Map.of("uri", "unix:" + socket));
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            memory.pump("memory-in", fromSource, Channels.newOutputStream(channel), channel);
            memory.pump("return-out", Channels.newInputStream(channel), toSource, channel);
            return memory;
        } catch (IOException e) {
            throw new HypervisorException("QEMU does not receive", e);
        }
    }

    @Override
    public void awaitLoaded(Duration atMost) {
        try {
            loaded.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            String status = qmp.execute("query-status").path("status").asString();
            if (!status.equals("paused")) {
                throw new HypervisorException("The loaded guest is not paused, but " + status);
            }
        } catch (TimeoutException e) {
            throw new HypervisorException(
                    "The memory did not arrive within " + atMost.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new HypervisorException(
                    "The memory was not loaded: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Waiting for the memory was given up", e);
        }
    }

    private void heard(QmpEvent event) {
        if (event.name().equals("MIGRATION")) {
            switch (event.data().path("status").asString()) {
                case "completed" -> loaded.complete(null);
                case "failed" ->
                        loaded.completeExceptionally(
                                new HypervisorException("QEMU could not load what came"));
                default -> {
                    // On its way.
                }
            }
        }
    }

    private void pump(String name, InputStream in, OutputStream out, SocketChannel channel) {
        Thread.ofVirtual()
                .name(name)
                .start(() -> {
                    byte[] buffer = new byte[BUFFER];
                    try (channel) {
                        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                            out.write(buffer, 0, n);
                            out.flush();
                        }
                    } catch (IOException e) {
                        LOG.debug("{} ended", name, e);
                    }
                });
    }
}
