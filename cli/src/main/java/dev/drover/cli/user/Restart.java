package dev.drover.cli.user;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code drover restart}. */
@Command(
        name = "restart",
        aliases = "reboot",
        description = "Shuts VMs down, and boots them from their disks.")
final class Restart implements Callable<Integer> {
    @Mixin private final Verb verb = new Verb();
    @Mixin private final Patience patience = new Patience();

    @Override
    public Integer call() throws Exception {
        long seconds = patience.seconds();
        return verb.each((api, path) -> {
            var _ = Stop.stop(api, path, seconds);
            return Wake.wake(api, path);
        });
    }
}
