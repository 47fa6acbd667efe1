package dev.drover.cli.user;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** A command that shows what there is, once or whenever it changes. */
final class Look {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    @Option(
            names = {"-w", "--watch"},
            description = "print it again whenever it has changed, until Ctrl-C")
    private boolean watch;

    @Mixin private final Output output = new Output();
    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Shows a list. */
    <T> int list(
            String path, Class<T> type, List<Output.Column<T>> columns, Predicate<JsonNode> wanted)
            throws IOException, InterruptedException {
        return show(
                api -> output.list(api.list(path).stream().filter(wanted).toList(), type, columns));
    }

    /** Shows one thing. */
    <T> int one(String path, Class<T> type, List<Output.Column<T>> columns)
            throws IOException, InterruptedException {
        return show(api -> output.one(api.get(path), type, columns));
    }

    private interface Text {
        String now(Api api) throws InterruptedException;
    }

    private int show(Text text) throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        return connection.ask(api -> {
            String shown = text.now(api);
            out.println(shown);
            out.flush();
            while (watch) {
                Thread.sleep(BETWEEN_LOOKS);
                String now = text.now(api);
                if (!now.equals(shown)) {
                    out.println("\n" + now);
                    out.flush();
                    shown = now;
                }
            }
            return 0;
        });
    }
}
