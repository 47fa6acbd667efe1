package dev.drover.it.arch.wrong.protocol;

import dev.drover.it.arch.wrong.engine.VagueManager;
import java.time.Instant;
import java.util.Random;

/** Reads a clock, a property and a random number, and uses what stands below it. */
public final class ImpureStep {
    private long count;

    Instant clock() {
        return Instant.now();
    }

    long count() {
        return count++ + System.nanoTime();
    }

    int random() {
        return new Random().nextInt() + (int) (Math.random() * 2);
    }

    Thread thread() {
        return Thread.currentThread();
    }

    VagueManager below() {
        return new VagueManager();
    }
}
