package dev.drover.cli.user;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code drover sleep}. */
@Command(
        name = "sleep",
        aliases = "suspend",
        description = "Saves the memory of VMs on their hosts' disks, and lets them rest.")
final class SleepVm implements Callable<Integer> {
    @Mixin private final Verb verb = new Verb();

    @Override
    public Integer call() throws Exception {
        return verb.each((api, path) -> {
            var _ = api.post(path + "/sleep", Wake.PATIENCE, null, Map.of());
            return "sleeps";
        });
    }
}
