package dev.drover.agent;

import dev.drover.engine.TargetFigures;
import java.util.function.LongSupplier;

/** What the second host measured so far. Thread-safe. */
final class TargetTally {
    private final LongSupplier allocatedBytes;
    private long resumeMicros;
    private boolean coldBoot;
    private long pulledBytes;
    private int rounds;
    private long lastRoundBytes;
    private long injectedFrames;
    private long ownFrames;
    private long lostFrames;

    TargetTally(LongSupplier allocatedBytes) {
        this.allocatedBytes = allocatedBytes;
    }

    synchronized void restore(TargetFigures figures) {
        resumeMicros = figures.resumeMicros();
        coldBoot = figures.coldBoot();
        pulledBytes = figures.pulledBytes();
        rounds = figures.rounds();
        lastRoundBytes = figures.lastRoundBytes();
    }

    synchronized void pulled(long bytes) {
        pulledBytes += bytes;
    }

    synchronized void round(long bytes) {
        rounds++;
        pulledBytes += bytes;
        lastRoundBytes = bytes;
    }

    synchronized void resumed(long micros) {
        resumeMicros = micros;
    }

    synchronized void bootedAnew() {
        coldBoot = true;
    }

    synchronized void delivered(FrameReceiver frames) {
        injectedFrames = frames.delivered();
        ownFrames = frames.own();
        lostFrames = frames.lost();
    }

    synchronized TargetFigures figures() {
        return new TargetFigures(
                resumeMicros,
                coldBoot,
                pulledBytes,
                rounds,
                lastRoundBytes,
                allocatedBytes.getAsLong(),
                injectedFrames,
                ownFrames,
                lostFrames);
    }
}
