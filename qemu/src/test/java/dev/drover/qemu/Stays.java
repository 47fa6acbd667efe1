package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Supplier;

/** That something does not happen can only be seen by looking for as long as it would take. */
final class Stays {
    /** In which QEMU goes on, or a guest executes, if it can. */
    private static final Duration LONG_ENOUGH = Duration.ofMillis(500);

    private Stays() {}

    /** Looks without a pause. */
    static <T> void equal(T expected, Supplier<T> look) {
        for (long end = System.nanoTime() + LONG_ENOUGH.toNanos(); System.nanoTime() < end; ) {
            assertThat(look.get()).isEqualTo(expected);
        }
    }
}
