package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.MoveView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover cancel}. */
@Command(
        name = "cancel",
        description = "Undoes a move that is under way: the guest runs on, on its source.",
        footer = {
            "",
            "Exit status: 0 undone, 1 not: it had been committed already, or there is none."
        })
final class Cancel implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Parameters(paramLabel = "VM|MOVE", description = "the VM, or the id of its move")
    private String name = "";

    @Mixin private final Output output = new Output();
    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return connection.ask(api -> {
            String id = underWay(api);
            var _ = api.post("/v1/moves/" + Api.encode(id) + "/cancel", PATIENCE, null, Map.of());
            int moved = MoveWatch.until(api, id, spec.commandLine(), output);
            return moved == 0 ? 1 : 0;
        });
    }

    private String underWay(Api api) throws InterruptedException {
        List<MoveView> moves =
                api.list("/v1/moves").stream()
                        .map(m -> Json.read(m, MoveView.class))
                        .filter(m -> m.outcome().isEmpty())
                        .toList();
        return moves.stream()
                .filter(m -> m.vm().equals(name) || m.id().equals(name))
                .map(MoveView::id)
                .findFirst()
                .orElseThrow(() ->
                        new Refused(
                                404,
                                "There is no move '"
                                        + name
                                        + "' under way, nor one of a VM '"
                                        + name
                                        + "'",
                                "it has ended, or has never been",
                                "see what there is: drover moves"));
    }
}
