package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory.Progress;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Brings a running guest's memory to the point where little is left, and holds it there, in the
 * middle of a round. A round ends, and the next begins, only while credit is given; so near its end
 * credit is given in small steps, and the last is not given.
 *
 * <p>QEMU ends by itself when what the guest dirtied in a round could be sent within 1 ms at the
 * rate seen last (migration_iteration_run of its migration/migration.c): the small steps make that
 * rate so low that not even a page could.
 */
final class Convergence {
    private static final long FAR = 24 << 20;
    private static final long NEAR = 1536 << 10;

    /** The socket's buffer and QEMU's own hold less than that: with more left, QEMU is stuck. */
    private static final long STUCK = 512 << 10;

    private static final long STEP = 64 << 10;
    private static final long SMALL_STEP = 32 << 10;

    /**
     * In a single pass the end of the round must not come, whatever zero pages cost: stop early.
     */
    private static final long SINGLE_PASS_LEFT = 128L << 20;

    private static final int ENOUGH_ROUNDS = 4;
    private static final int MOST_ROUNDS = 30;
    private static final long SMALL_ROUND = 4 << 20;

    private final OutgoingPump pump;
    private final MemoryMode mode;
    private final Supplier<Progress> look;
    private int rounds;
    private long roundBytes = Long.MAX_VALUE;
    private long roundBytesBefore = Long.MAX_VALUE;

    Convergence(OutgoingPump pump, MemoryMode mode, Supplier<Progress> look) {
        this.pump = pump;
        this.mode = mode;
        this.look = look;
    }

    /** Returns when the stream is held; throws when the migration failed or is over too early. */
    void await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        pump.grant(STEP);
        while (true) {
            Progress now = look.get();
            note(now);
            boolean late = System.nanoTime() > deadline;
            if (now.totalBytes() > 0 && maySettle(now, late) && held(now)) {
                return;
            }
            grant(now, late);
        }
    }

    private void note(Progress now) {
        if (now.dirtySyncs() != rounds) {
            rounds = now.dirtySyncs();
            roundBytesBefore = roundBytes;
            roundBytes = now.remainingBytes();
            if (mode == MemoryMode.SINGLE_PASS && rounds > 1) {
                throw new HypervisorException(
                        "The memory's first round ended before it could be held: try again");
            }
        }
    }

    /** Whether this round may be the last while the guest runs. */
    private boolean maySettle(Progress now, boolean late) {
        if (mode == MemoryMode.SINGLE_PASS) {
            return now.remainingBytes() <= Math.max(SINGLE_PASS_LEFT, now.totalBytes() / 2);
        }
        boolean small = now.remainingBytes() <= NEAR && now.remainingBytes() >= STUCK / 2;
        boolean smaller = roundBytes < roundBytesBefore / 10 * 9;
        boolean enough =
                rounds >= ENOUGH_ROUNDS
                        && (roundBytes <= SMALL_ROUND || !smaller || rounds >= MOST_ROUNDS);
        return small && (enough || late);
    }

    /** Gives no more credit; true when QEMU is stuck in this round. */
    private boolean held(Progress before) throws InterruptedException {
        pump.grant(0);
        Progress earlier = before;
        while (true) {
            Thread.sleep(1);
            Progress now = look.get();
            if (now.dirtySyncs() != before.dirtySyncs()) {
                return false;
            }
            if (now.remainingBytes() == earlier.remainingBytes()) {
                return now.remainingBytes() > 0;
            }
            earlier = now;
        }
    }

    private void grant(Progress now, boolean late) throws InterruptedException {
        long left = now.remainingBytes();
        if (mode == MemoryMode.SINGLE_PASS) {
            pump.grant(STEP);
        } else if (now.totalBytes() == 0 || left > FAR) {
            pump.grant(FAR / 2);
        } else if (left > NEAR) {
            pump.grant(left - NEAR);
        } else {
            pump.grant(late ? STEP : SMALL_STEP);
        }
        Thread.sleep(left > FAR ? 5 : left > NEAR ? 1 : 3);
    }
}
