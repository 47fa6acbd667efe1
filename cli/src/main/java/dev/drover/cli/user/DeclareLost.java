package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.Loss;
import dev.drover.cli.BadInput;
import dev.drover.cli.Terminal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover host declare-lost}. */
@Command(
        name = "declare-lost",
        description = {
            "Fences a host that never comes back, for ever, and lists the VMs that are lost with it.",
            "You promise that none of its VMs runs there any more, nor ever will by what is on it now."
        })
final class DeclareLost implements Callable<Integer> {
    @Parameters(paramLabel = "HOST")
    private String host = "";

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (!yes && !agreed()) {
            spec.commandLine().getErr().println("Nothing was declared.");
            return 1;
        }
        return connection.ask(api -> {
            Loss loss =
                    Json.read(
                            api.post(
                                    "/v1/hosts/" + Api.encode(host) + "/declare-lost",
                                    HostCommand.PATIENCE,
                                    Map.of("confirm", host),
                                    Map.of()),
                            Loss.class);
            spec.commandLine()
                    .getOut()
                    .println(
                            loss.vms().isEmpty()
                                    ? host + " is fenced; no VM is lost"
                                    : host + " is fenced; these VMs are lost with it:");
            Table.lines(
                            List.of("NAME", "EPOCH"),
                            loss.vms().stream()
                                    .map(vm -> List.of(vm.name(), String.valueOf(vm.epoch())))
                                    .toList())
                    .stream()
                    .skip(loss.vms().isEmpty() ? 1 : 0)
                    .forEach(spec.commandLine().getOut()::println);
            return 0;
        });
    }

    private boolean agreed() {
        if (!Terminal.isThere()) {
            throw new BadInput("declare-lost asks first, and nobody is there to answer: add --yes");
        }
        return Terminal.agrees(
                "Is host %s gone for good, and does none of its VMs run any more?".formatted(host));
    }
}
