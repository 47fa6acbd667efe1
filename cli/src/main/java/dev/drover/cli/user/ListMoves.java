package dev.drover.cli.user;

import dev.drover.api.rest.MoveView;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover moves}. */
@Command(name = "moves", description = "Lists the moves that are under way or remembered.")
final class ListMoves implements Callable<Integer> {
    @Option(names = "--vm", description = "only those of this VM")
    private @Nullable String vm;

    @Mixin private final Look look = new Look();

    @Override
    public Integer call() throws Exception {
        return look.list(
                "/v1/moves",
                MoveView.class,
                Columns.MOVE,
                move -> vm == null || move.path("vm").stringValue("").equals(vm));
    }
}
