package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** A migration stream on its way out of a running QEMU, held by back-pressure. */
final class QemuOutgoingMemory implements OutgoingMemory {
    private final QmpConnection qmp;
    private final OutgoingPump pump;
    private final Convergence convergence;
    private final Map<String, CompletableFuture<Void>> reached = new ConcurrentHashMap<>();
    private volatile Progress last = new Progress(0, 0, 0, 0, 0);
    private volatile boolean over;

    private QemuOutgoingMemory(QmpConnection qmp, OutgoingPump pump, MemoryMode mode) {
        this.qmp = qmp;
        this.pump = pump;
        this.convergence = new Convergence(pump, mode, this::look);
        qmp.listen(this::heard);
        var _ = qmp.ended().thenRun(() -> fail("QEMU died"));
    }

    static QemuOutgoingMemory begin(
            QmpConnection qmp,
            Path directory,
            MemoryMode mode,
            OutputStream toTarget,
            InputStream fromTarget) {
        Path socket = QemuCommandLine.socket(directory, "outgoing.sock");
        try {
            MigrationSettings.source(qmp);
            OutgoingPump pump = OutgoingPump.listen(socket, toTarget, fromTarget);
            QemuOutgoingMemory memory = new QemuOutgoingMemory(qmp, pump, mode);
            qmp.execute("migrate", Map.of("uri", "unix:" + socket));
            return memory;
        } catch (IOException e) {
            throw new HypervisorException("The memory's stream could not be made", e);
        }
    }

    @Override
    public void awaitConverged(Duration atMost) {
        try {
            convergence.await(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Waiting for the memory was given up", e);
        }
    }

    @Override
    public void release() {
        pump.grantAll();
    }

    @Override
    public void awaitLastStage(Duration atMost) {
        await("pre-switchover", atMost);
    }

    @Override
    public void complete(Duration atMost) {
        qmp.execute("migrate-continue", Map.of("state", "pre-switchover"));
        await("completed", atMost);
        look();
        over = true;
    }

    @Override
    public void cancel() {
        try {
            if (!over) {
                look();
                over = true;
                qmp.execute("migrate_cancel");
            }
        } catch (HypervisorException _) {
            // It is gone, and the migration with it.
        } finally {
            pump.close();
            qmp.unlisten(this::heard);
        }
    }

    @Override
    public Progress progress() {
        if (!over) {
            try {
                look();
            } catch (HypervisorException _) {
                return last;
            }
        }
        return last;
    }

    /** What QEMU says now; throws when the migration has failed. */
    private Progress look() {
        JsonNode migration = qmp.execute("query-migrate");
        JsonNode ram = migration.path("ram");
        if (!ram.isMissingNode()) {
            last =
                    new Progress(
                            ram.path("total").asLong(),
                            ram.path("remaining").asLong(),
                            ram.path("transferred").asLong(),
                            ram.path("dirty-sync-count").asInt(),
                            ram.path("dirty-pages-rate").asLong() * ram.path("page-size").asLong());
        }
        String status = migration.path("status").asString("none");
        if (status.equals("failed") || status.equals("cancelled")) {
            throw new HypervisorException(
                    "Sending the memory failed: " + MigrationSettings.reason(migration));
        }
        return last;
    }

    private void heard(QmpEvent event) {
        if (event.name().equals("MIGRATION")) {
            String status = event.data().path("status").asString();
            if (status.equals("failed") || status.equals("cancelled")) {
                fail("QEMU says that the migration " + status);
            } else {
                stage(status).complete(null);
            }
        }
    }

    private void fail(String why) {
        for (String each : new String[] {"pre-switchover", "completed"}) {
            stage(each).completeExceptionally(new HypervisorException(why));
        }
    }

    private CompletableFuture<Void> stage(String status) {
        return reached.computeIfAbsent(status, _ -> new CompletableFuture<>());
    }

    private void await(String status, Duration atMost) {
        try {
            stage(status).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HypervisorException(
                    "The migration did not become "
                            + status
                            + " within "
                            + atMost.toMillis()
                            + " ms",
                    e);
        } catch (ExecutionException e) {
            throw new HypervisorException(
                    "Sending the memory failed: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Waiting for the memory was given up", e);
        }
    }
}
