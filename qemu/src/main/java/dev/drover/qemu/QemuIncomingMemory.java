package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** QEMU's {@code migrate-incoming} from a socket whose other end {@link MemoryChannel} fills. */
final class QemuIncomingMemory implements IncomingMemory {
    private static final String DESCRIPTOR = "drover-memory";

    private final QmpConnection qmp;
    private final MigrationWatch watch;

    private QemuIncomingMemory(QmpConnection qmp, MigrationWatch watch) {
        this.qmp = qmp;
        this.watch = watch;
    }

    /** Begins. {@code watch} is told the connection's MIGRATION events already. */
    static QemuIncomingMemory begin(
            QmpConnection qmp,
            long pid,
            MigrationWatch watch,
            InputStream fromSource,
            OutputStream toSource) {
        try {
            MemoryChannel channel = MemoryChannel.open();
            try {
                MigrationSettings.apply(qmp);
                qmp.passDescriptor(DESCRIPTOR, channel.descriptor());
                channel.letGo();
                qmp.execute("migrate-incoming", Map.of("uri", "fd:" + DESCRIPTOR));
            } catch (HypervisorException e) {
                channel.close();
                throw e;
            }
            channel.start("memory-" + pid, toSource, fromSource, new TargetEnds(watch));
            return new QemuIncomingMemory(qmp, watch);
        } catch (IOException e) {
            throw new HypervisorException("The memory's stream cannot be made", e);
        }
    }

    private record TargetEnds(MigrationWatch watch) implements MemoryChannel.Ends {
        @Override
        public void broken(IOException cause) {
            watch.fail(new IOException("The stream from the source broke", cause));
        }

        @Override
        public void returnPathEnded() {
            // The source has said all; QEMU judges whether it was enough.
        }
    }

    @Override
    public void awaitLoaded(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        watch.await(Set.of("completed"), atMost);
        // The event comes a moment before the state (process_incoming_migration_bh, migration.c).
        String state = runState();
        while (state.equals("inmigrate")) {
            if (System.nanoTime() > deadline) {
                throw new HypervisorException(
                        "The memory is there, but QEMU still waits for it after "
                                + atMost.toMillis()
                                + " ms");
            }
            LockSupport.parkNanos(100_000);
            state = runState();
        }
        if (!state.equals("paused")) {
            throw new HypervisorException("The memory is there, but the guest is '" + state + "'");
        }
    }

    private String runState() {
        return qmp.execute("query-status").path("status").asString("");
    }
}
