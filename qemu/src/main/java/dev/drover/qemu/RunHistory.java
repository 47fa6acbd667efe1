package dev.drover.qemu;

import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * When the vCPUs stopped and were started, by QEMU's events, and whether anybody had asked for it.
 * Thread-safe.
 */
final class RunHistory {
    private final Consumer<String> surprise;
    private long stoppedAt;
    private long resumedAt;
    private boolean stopExpected;
    private boolean ran;
    private String reason = "";

    /** {@code surprise} is told why the vCPUs stopped, when nobody had asked. */
    RunHistory(Consumer<String> surprise) {
        this.surprise = surprise;
    }

    /** Takes an event; by the thread that reads the monitor. */
    synchronized void on(QmpEvent event) {
        switch (event.name()) {
            case "SHUTDOWN" -> reason = "The guest shut down (" + event.text("reason") + ")";
            case "GUEST_PANICKED" -> reason = "The guest panicked";
            case "BLOCK_IO_ERROR" -> reason = "The guest's disk failed: " + event.text("reason");
            case "STOP" -> {
                stoppedAt = event.micros();
                if (!stopExpected) {
                    surprise.accept(reason.isEmpty() ? "QEMU stopped the guest unasked" : reason);
                }
                stopExpected = true;
            }
            case "RESUME" -> {
                resumedAt = event.micros();
                ran = true;
                stopExpected = false;
                reason = "";
            }
            default -> {}
        }
    }

    /** From now on a stop is no surprise. */
    synchronized void stopAsked() {
        stopExpected = true;
    }

    /**
     * The vCPUs are about to run: whatever happens, nobody can say any more that they never did.
     */
    synchronized void resumeAsked() {
        ran = true;
        stopExpected = false;
    }

    synchronized boolean everRan() {
        return ran;
    }

    /** Microseconds since the epoch; empty when no stop was seen. */
    synchronized OptionalLong stoppedAt() {
        return stoppedAt == 0 ? OptionalLong.empty() : OptionalLong.of(stoppedAt);
    }

    /** Microseconds since the epoch; empty when no start was seen. */
    synchronized OptionalLong resumedAt() {
        return resumedAt == 0 ? OptionalLong.empty() : OptionalLong.of(resumedAt);
    }
}
