package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What has become of one migration, by QEMU's {@code MIGRATION} events and by what its stream
 * suffers. Whoever waits is told at once when it fails. Thread-safe.
 */
final class MigrationWatch {
    private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private String status = "none";
    private @Nullable Throwable failure;

    /** A MIGRATION event; by the thread that reads the monitor. */
    void on(QmpEvent event) {
        change(() -> status = event.text("status"));
    }

    /** The first cause wins; a migration that is completed cannot fail any more. */
    void fail(Throwable cause) {
        change(() -> failure = failure == null && !status.equals("completed") ? cause : failure);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The status that the last event told. */
    String status() {
        lock.lock();
        try {
            return status;
        } finally {
            lock.unlock();
        }
    }

    /** What the stream or the process suffered, if anything. */
    @Nullable Throwable failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** True when QEMU is done with it, in one way or another. */
    boolean over() {
        return OVER.contains(status());
    }

    /**
     * Blocks until the status is one of these, or the migration has failed.
     *
     * @return the status, one of these
     * @throws HypervisorException when it failed, ended otherwise or takes too long
     */
    String await(Set<String> wanted, Duration atMost) {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (!wanted.contains(status)) {
                if (failure != null) {
                    throw new HypervisorException("The memory could not be moved", failure);
                }
                if (OVER.contains(status)) {
                    throw new HypervisorException("QEMU's migration is " + status);
                }
                if (left <= 0) {
                    throw new HypervisorException(
                            "QEMU's migration is still '"
                                    + status
                                    + "' after "
                                    + atMost.toMillis()
                                    + " ms");
                }
                left = changed.awaitNanos(left);
            }
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Interrupted while the memory moved", e);
        } finally {
            lock.unlock();
        }
    }

    /** Throws {@link HypervisorException} when the migration has failed or was cancelled. */
    void check() {
        Throwable cause = failure();
        if (cause != null) {
            throw new HypervisorException("The memory could not be moved", cause);
        }
        if (over() && !status().equals("completed")) {
            throw new HypervisorException("QEMU's migration is " + status());
        }
    }

    /** Blocks until QEMU is done with it, or the time is over. */
    boolean awaitOver(Duration atMost) {
        return awaitAny(OVER, atMost);
    }

    /** Blocks until the status is one of these, or the time is over. */
    boolean awaitAny(Set<String> wanted, Duration atMost) {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (!wanted.contains(status) && left > 0) {
                left = changed.awaitNanos(left);
            }
            return wanted.contains(status);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
