package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.EvacuationView;
import dev.drover.api.rest.EvacuationView.Outcome;
import dev.drover.api.rest.EvacuationView.Stage;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover host evacuate}. */
@Command(
        name = "evacuate",
        description = "Cordons a host, and moves its VMs elsewhere, one after the other.",
        footer = {
            "",
            "Ctrl-C ends the watching; the same command watches again, --cancel ends it.",
            "Exit status: 0 no VM is left there, 1 some are, 2 bad input, 130 interrupted."
        })
final class Evacuate implements Callable<Integer> {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);

    @Parameters(paramLabel = "HOST")
    private String host = "";

    @Option(
            names = "--cancel",
            description = "undo the move under way, and begin no other; the host stays cordoned")
    private boolean cancel;

    @Option(
            names = {"-d", "--detach"},
            description = "do not wait for its end")
    private boolean detach;

    @Mixin private final Output output = new Output();
    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return connection.ask(api -> {
            String path = "/v1/evacuations/" + Api.encode(cancel ? running(api) : begin(api));
            if (cancel) {
                var _ = api.post(path + "/cancel", HostCommand.PATIENCE, null, Map.of());
            }
            return detach ? 0 : watch(api, path);
        });
    }

    private String begin(Api api) throws InterruptedException {
        return api.post(
                        "/v1/hosts/" + Api.encode(host) + "/evacuate",
                        HostCommand.PATIENCE,
                        null,
                        Map.of())
                .path("id")
                .stringValue();
    }

    private String running(Api api) throws InterruptedException {
        return api.list("/v1/evacuations").stream()
                .map(e -> Json.read(e, EvacuationView.class))
                .filter(e -> e.host().equals(host) && e.stage() == Stage.RUNNING)
                .map(EvacuationView::id)
                .findFirst()
                .orElseThrow(() ->
                        new Refused(
                                404,
                                "Host " + host + " is not being evacuated",
                                "it has ended, or has never been",
                                "see where its VMs are: drover list --host " + host));
    }

    private int watch(Api api, String path) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        String told = "";
        EvacuationView now = Json.read(api.get(path), EvacuationView.class);
        while (now.stage() == Stage.RUNNING) {
            String line = "%s  %d of %d VMs".formatted(host, now.done(), now.total()) + moving(now);
            if (!line.equals(told)) {
                err.println(line);
                err.flush();
                told = line;
            }
            Thread.sleep(BETWEEN_LOOKS);
            now = Json.read(api.get(path), EvacuationView.class);
        }
        if (output.isStructured()) {
            output.print(spec.commandLine().getOut(), Json.tree(now));
        } else {
            Table.lines(
                            List.of("VM", "BECAME", "TO", "WHY"),
                            now.vms().stream().map(Evacuate::row).toList())
                    .forEach(spec.commandLine().getOut()::println);
        }
        return now.vms().stream().allMatch(Evacuate::isAway) ? 0 : 1;
    }

    private static String moving(EvacuationView now) {
        return now.vms().stream()
                .filter(vm -> vm.outcome() == Outcome.MOVING)
                .map(vm -> "; %s moves to %s".formatted(vm.name(), vm.target().orElse("?")))
                .findFirst()
                .orElse("");
    }

    private static List<String> row(EvacuationView.Vm vm) {
        return List.of(
                vm.name(),
                Columns.phase(vm.outcome().name()),
                vm.target().orElse("-"),
                vm.why().isEmpty() ? "-" : String.join("; ", vm.why()));
    }

    private static boolean isAway(EvacuationView.Vm vm) {
        return vm.outcome() == Outcome.MOVED || vm.outcome() == Outcome.GONE;
    }
}
