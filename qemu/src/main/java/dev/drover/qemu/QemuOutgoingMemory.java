package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * QEMU's {@code migrate} into a socket whose other end is read by {@link MemoryChannel}, as far as
 * {@link PrecopyControl} permits.
 *
 * <p>The snapshot of the disk must be dropped before {@link #complete}: its job keeps the disk in
 * use, and QEMU's last stage fails. A round may still be offered.
 */
final class QemuOutgoingMemory implements OutgoingMemory {
    private static final Logger LOG = LoggerFactory.getLogger(QemuOutgoingMemory.class);

    private static final String DESCRIPTOR = "drover-memory";
    private static final Duration END_OF_CANCEL = Duration.ofSeconds(5);
    private static final Duration TO_HOLD = Duration.ofSeconds(10);

    private final QemuGuest guest;
    private final MigrationWatch watch;
    private final MemoryMode mode;
    private final MemoryChannel channel;
    private final OutputStream toTarget;
    private final InputStream fromTarget;
    private final CountDownLatch converged = new CountDownLatch(1);
    private final CountDownLatch holdAsked = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private volatile MigrationState last = MigrationState.NONE;
    private volatile boolean completing;

    private QemuOutgoingMemory(
            QemuGuest guest,
            MigrationWatch watch,
            MemoryMode mode,
            MemoryChannel channel,
            OutputStream toTarget,
            InputStream fromTarget) {
        this.guest = guest;
        this.watch = watch;
        this.mode = mode;
        this.channel = channel;
        this.toTarget = toTarget;
        this.fromTarget = fromTarget;
    }

    /** Begins. {@code watch} is told the guest's MIGRATION events already. */
    static QemuOutgoingMemory begin(
            QemuGuest guest,
            MigrationWatch watch,
            MemoryMode mode,
            OutputStream toTarget,
            InputStream fromTarget) {
        try {
            MemoryChannel channel = MemoryChannel.held();
            QemuOutgoingMemory made =
                    new QemuOutgoingMemory(guest, watch, mode, channel, toTarget, fromTarget);
            try {
                made.migrate();
                return made;
            } catch (HypervisorException e) {
                made.cancel();
                throw e;
            }
        } catch (IOException e) {
            throw new HypervisorException("The memory's stream cannot be made", e);
        }
    }

    private void migrate() {
        QmpConnection qmp = guest.qmp();
        long pid = guest.pid();
        MigrationSettings.apply(qmp);
        PrecopyControl control =
                new PrecopyControl(
                        qmp, channel, watch, VcpuTime.of(qmp, pid), converged, holdAsked);
        qmp.passDescriptor(DESCRIPTOR, channel.descriptor());
        channel.start("memory-" + pid, toTarget, fromTarget, new SourceEnds());
        qmp.execute("migrate", Map.of("uri", "fd:" + DESCRIPTOR));
        Thread.ofVirtual().name("precopy-" + pid).start(() -> control(control));
    }

    private void control(PrecopyControl control) {
        try {
            control.run(mode);
        } catch (HypervisorException e) {
            watch.fail(e);
        } catch (InterruptedException e) {
            watch.fail(e);
        } finally {
            converged.countDown();
            held.countDown();
        }
    }

    /** A stream that breaks ends the migration: QEMU sees its socket shut. */
    private final class SourceEnds implements MemoryChannel.Ends {
        @Override
        public void broken(IOException cause) {
            failed(new IOException("The stream to the target broke", cause));
        }

        @Override
        public void returnPathEnded() {
            if (!completing) {
                failed(new IOException("The target hung up"));
            }
        }
    }

    /** Nobody is to wait for what will not come: neither QEMU nor who waits for it. */
    void failed(Throwable cause) {
        watch.fail(cause);
        channel.close();
        converged.countDown();
        held.countDown();
    }

    @Override
    public void awaitConverged(Duration atMost) {
        boolean _ = await(converged, atMost);
        explained(watch::check);
    }

    @Override
    public void hold() {
        holdAsked.countDown();
        if (!await(held, TO_HOLD)) {
            throw new HypervisorException(
                    "The memory's stream was not held within " + TO_HOLD.toSeconds() + " s");
        }
        explained(watch::check);
    }

    private static boolean await(CountDownLatch latch, Duration atMost) {
        try {
            return latch.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Interrupted while the memory moved", e);
        }
    }

    @Override
    public void release() {
        channel.release();
    }

    @Override
    public void awaitLastStage(Duration atMost) {
        explained(() -> watch.await(Set.of("pre-switchover"), atMost));
    }

    @Override
    public void complete(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        completing = true;
        explained(() -> {
            guest.qmp().execute("migrate-continue", Map.of("state", "pre-switchover"));
            watch.await(Set.of("completed"), atMost);
        });
        // The event comes a moment before the state (migration_iteration_finish, migration.c).
        while (!isSent()) {
            if (System.nanoTime() > deadline) {
                throw new HypervisorException(
                        "QEMU completed the migration, but its guest is not 'postmigrate'");
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private boolean isSent() {
        List<JsonNode> answers =
                guest.qmp()
                        .executeAll(
                                List.of(
                                        QmpCommand.of("query-status"),
                                        QmpCommand.of("query-migrate")));
        last = MigrationState.of(answers.getLast());
        return answers.getFirst().path("status").asString("").equals("postmigrate");
    }

    /** Adds QEMU's own reason to a failure: the answer's, else the last line that it logged. */
    private void explained(Runnable work) {
        try {
            work.run();
        } catch (HypervisorException e) {
            String why = errorOfQemu();
            if (why.isEmpty() && watch.status().equals("failed")) {
                why = guest.lastWords().map(QemuOutgoingMemory::lastLine).orElse("");
            }
            throw why.isEmpty()
                    ? e
                    : new HypervisorException("QEMU could not send the memory: " + why, e);
        }
    }

    private static String lastLine(String text) {
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    private String errorOfQemu() {
        try {
            return MigrationState.query(guest.qmp()).error();
        } catch (HypervisorException _) {
            return "";
        }
    }

    @Override
    public void cancel() {
        holdAsked.countDown();
        watch.fail(new HypervisorException("The move of the memory was cancelled"));
        boolean told = tellCancel();
        channel.close();
        converged.countDown();
        held.countDown();
        closeQuietly(toTarget);
        closeQuietly(fromTarget);
        if (told && !watch.awaitOver(END_OF_CANCEL)) {
            LOG.warn("QEMU's migration is still {} after its cancellation", watch.status());
        }
    }

    /** True when an end of the migration is to be expected. */
    private boolean tellCancel() {
        try {
            if (watch.over() || watch.status().equals("none")) {
                return false;
            }
            guest.qmp().execute("migrate_cancel");
            return true;
        } catch (HypervisorException e) {
            LOG.debug("QEMU was not told to cancel", e);
            return false;
        }
    }

    private static void closeQuietly(Closeable stream) {
        try {
            stream.close();
        } catch (IOException _) {
            // It is given up.
        }
    }

    @Override
    public MemoryMode mode() {
        return mode;
    }

    @Override
    public Progress progress() {
        MigrationState state = last;
        try {
            state = MigrationState.query(guest.qmp());
            last = state;
        } catch (HypervisorException _) {
            // Frozen or gone: what was known last.
        }
        return new Progress(
                state.totalBytes(),
                state.remainingBytes(),
                channel.bytes(),
                state.dirtySyncs(),
                state.dirtyPagesPerSecond() * RamStream.PAGE_BYTES);
    }
}
