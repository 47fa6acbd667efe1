package dev.drover.block;

import java.time.Duration;
import java.util.Optional;

/**
 * How far an image pull is.
 *
 * @param doneBytes of the image's data copied, or found to be zeros
 * @param totalBytes of data in the image
 * @param bytesPerSecond on average since the start
 * @param remaining time at that rate; empty when there is no rate yet
 */
public record PullProgress(
        long doneBytes, long totalBytes, long bytesPerSecond, Optional<Duration> remaining) {
    static PullProgress of(long doneBytes, long totalBytes, long elapsedNanos) {
        double perNano = elapsedNanos <= 0 ? 0 : (double) doneBytes / elapsedNanos;
        Optional<Duration> remaining =
                perNano == 0
                        ? Optional.empty()
                        : Optional.of(
                                Duration.ofNanos((long) ((totalBytes - doneBytes) / perNano)));
        return new PullProgress(doneBytes, totalBytes, (long) (perNano * 1e9), remaining);
    }
}
