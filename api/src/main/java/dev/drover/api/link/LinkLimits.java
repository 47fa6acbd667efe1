package dev.drover.api.link;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a link waits for what.
 *
 * @param connect for the connection, the TLS handshake and the greeting, each; at least 1 ms
 * @param call for the answer to a call; empty: as long as it takes and the link lives
 * @param ping a side that has had nothing to say for this long says that it lives
 * @param dead a peer that has said nothing for this long is given up; longer than {@code ping}
 */
public record LinkLimits(Duration connect, Optional<Duration> call, Duration ping, Duration dead) {
    /** 10 s to connect, calls without limit, a sign of life every 5 s, dead after 10 s. */
    public static final LinkLimits USUAL =
            new LinkLimits(
                    Duration.ofSeconds(10),
                    Optional.empty(),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10));

    /** Throws {@link IllegalArgumentException} for limits that cannot be kept. */
    public LinkLimits {
        if (connect.toMillis() < 1 || ping.toMillis() < 1) {
            throw new IllegalArgumentException("A link's limits are at least 1 ms");
        }
        if (dead.compareTo(ping) <= 0) {
            throw new IllegalArgumentException(
                    "A peer is dead after " + dead + " only if it pings oftener than " + ping);
        }
    }
}
