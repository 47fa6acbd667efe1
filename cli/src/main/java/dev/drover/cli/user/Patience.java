package dev.drover.cli.user;

import dev.drover.cli.BadInput;
import picocli.CommandLine.Option;

/** How long a guest may take to shut itself down. */
final class Patience {
    private static final long MOST_SECONDS = 3600;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "for the guest to shut itself down, 1 to 3600 (120)")
    private long timeout;

    @Option(names = "--force", description = "cut the power at once; what is not synced is lost")
    private boolean force;

    /** Zero for a power cut. */
    long seconds() {
        if (timeout < 1 || timeout > MOST_SECONDS) {
            throw new BadInput("--timeout is 1 to " + MOST_SECONDS + " seconds, not " + timeout);
        }
        return force ? 0 : timeout;
    }
}
