package dev.drover.cli.user;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code drover wake}. */
@Command(
        name = "wake",
        aliases = {"start", "resume"},
        description = "Lets VMs run: from the memory of their sleep, or from their disks.")
final class Wake implements Callable<Integer> {
    static final Duration PATIENCE = Duration.ofMinutes(10);

    @Mixin private final Verb verb = new Verb();

    @Override
    public Integer call() throws Exception {
        return verb.each(Wake::wake);
    }

    static String wake(Api api, String path) throws InterruptedException {
        JsonNode answer = api.post(path + "/wake", PATIENCE, null, Map.of());
        return switch (answer.path("woken").stringValue("")) {
            case "RAN_ALREADY" -> "runs already";
            case "WENT_ON" -> "runs on where it had stopped";
            case "FROM_MEMORY" -> "runs on from its memory";
            case "BOOTED" -> "booted from its disk";
            case String other -> "runs (" + other + ")";
        };
    }
}
