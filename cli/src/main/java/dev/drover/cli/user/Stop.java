package dev.drover.cli.user;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code drover stop}. */
@Command(
        name = "stop",
        aliases = "shutdown",
        description = "Shuts VMs down by their power buttons, or cuts their power.")
final class Stop implements Callable<Integer> {
    @Mixin private final Verb verb = new Verb();
    @Mixin private final Patience patience = new Patience();

    @Override
    public Integer call() throws Exception {
        long seconds = patience.seconds();
        return verb.each((api, path) -> stop(api, path, seconds));
    }

    /** Zero seconds cut its power. */
    static String stop(Api api, String path, long seconds) throws InterruptedException {
        var _ =
                api.post(
                        path + "/stop",
                        Duration.ofSeconds(seconds).plus(Wake.PATIENCE),
                        Map.of("patienceSeconds", seconds),
                        Map.of());
        return "stopped";
    }
}
