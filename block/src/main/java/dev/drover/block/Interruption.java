package dev.drover.block;

import java.io.IOException;

/** An interrupt shows itself as a torn connection; this gives it its own type back. */
final class Interruption {
    private Interruption() {}

    static InterruptedException of(IOException torn) {
        InterruptedException interrupted =
                new InterruptedException("Interrupted while waiting for an NBD server");
        interrupted.initCause(torn);
        return interrupted;
    }
}
