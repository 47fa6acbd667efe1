package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** QEMU's {@code migrate} of a stopped guest into a stream that nobody reads at once. */
final class SavedMemory {
    private static final String DESCRIPTOR = "drover-saved";

    private SavedMemory() {}

    /** Returns when all is written. {@code watch} is told the connection's MIGRATION events. */
    static void save(
            QmpConnection qmp, long pid, MigrationWatch watch, OutputStream to, Duration atMost) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        try (MemoryChannel channel = MemoryChannel.open()) {
            MigrationSettings.applyForFile(qmp);
            qmp.passDescriptor(DESCRIPTOR, channel.descriptor());
            channel.letGo();
            channel.start(
                    "save-" + pid, to, InputStream.nullInputStream(), new FileEnds(watch, written));
            qmp.execute("migrate", Map.of("uri", "fd:" + DESCRIPTOR));
            watch.await(Set.of("completed"), atMost);
            written.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new HypervisorException("The memory could not be saved", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Interrupted while the memory was saved", e);
        }
    }

    private record FileEnds(MigrationWatch watch, CompletableFuture<Void> written)
            implements MemoryChannel.Ends {
        @Override
        public void broken(IOException cause) {
            watch.fail(cause);
            written.completeExceptionally(cause);
        }

        @Override
        public void returnPathEnded() {
            // A file says nothing.
        }

        @Override
        public void memoryEnded() {
            written.complete(null);
        }
    }
}
