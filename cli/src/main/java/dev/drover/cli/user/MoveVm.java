package dev.drover.cli.user;

import dev.drover.api.rest.MoveRequest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover move}. */
@Command(
        name = "move",
        aliases = "migrate",
        description =
                "Moves a VM to another host: one that runs with its memory, disk and traffic; one"
                        + " that sleeps or is stopped rests on there.",
        footer = {
            "",
            "Ctrl-C ends the watching; the move goes on, and 'drover cancel VM' undoes it.",
            "Exit status: 0 moved (with --detach: begun), 1 not, 2 bad input, 130 interrupted."
        })
final class MoveVm implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Parameters(paramLabel = "VM")
    private String vm = "";

    @Option(names = "--to", required = true, paramLabel = "HOST", description = "where to")
    private String target = "";

    @Option(names = "--no-verify", description = "do not compare the volumes after the move")
    private boolean unverified;

    @Option(
            names = {"-d", "--detach"},
            description = "do not wait for its end; print its id")
    private boolean detach;

    @Mixin private final Output output = new Output();
    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return connection.ask(api -> {
            String id =
                    api.post(
                                    "/v1/moves",
                                    PATIENCE,
                                    new MoveRequest(vm, target, !unverified),
                                    Map.of("Idempotency-Key", UUID.randomUUID().toString()))
                            .path("id")
                            .stringValue();
            if (detach) {
                spec.commandLine().getOut().println(id);
                return 0;
            }
            return MoveWatch.until(api, id, spec.commandLine(), output);
        });
    }
}
