package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Waits for the end of exports and jobs, which QEMU tells by events. */
record BlockEvents(QmpConnection qmp) {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /**
     * Performs {@code command} and waits until {@code id} has ended: {@code BLOCK_EXPORT_DELETED},
     * or {@code JOB_STATUS_CHANGE} to {@code null} (QMP schemas block-export.json, job.json).
     */
    void awaitEnd(String event, String id, Runnable command) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Consumer<QmpEvent> listener =
                e -> {
                    boolean concerns =
                            e.name().equals(event) && e.data().path("id").asString().equals(id);
                    String status = e.data().path("status").asString("null");
                    if (concerns && status.equals("null")) {
                        over.complete(null);
                    }
                };
        qmp.listen(listener);
        try {
            command.run();
            over.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Waiting for the end of '" + id + "' was given up", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new HypervisorException("QEMU does not end '" + id + "'", e);
        } finally {
            qmp.unlisten(listener);
        }
    }
}
