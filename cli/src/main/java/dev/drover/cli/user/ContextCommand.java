package dev.drover.cli.user;

import dev.drover.cli.Addresses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover context}. */
@Command(
        name = "context",
        description =
                "The clusters that you know. They are kept in $DROVER_CONFIG, else in"
                        + " drover/contexts.json in your configuration directory.",
        subcommands = {
            ContextCommand.ListContexts.class,
            ContextCommand.Use.class,
            ContextCommand.Add.class,
            ContextCommand.Remove.class
        })
final class ContextCommand {
    private static Path file() {
        return Contexts.file(System.getenv());
    }

    @Command(name = "list", aliases = "ls", description = "Lists them; * is the current one.")
    static final class ListContexts implements Callable<Integer> {
        @SuppressWarnings("NullAway.Init") // by picocli
        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            Contexts all = Contexts.read(file());
            List<List<String>> rows = new ArrayList<>();
            all.contexts()
                    .forEach((name, context) ->
                            rows.add(
                                    List.of(
                                            all.current().equals(Optional.of(name)) ? "*" : "",
                                            name,
                                            String.join(",", context.monitors()),
                                            context.identity().toString())));
            spec.commandLine()
                    .getOut()
                    .println(Table.text(List.of("", "NAME", "MONITORS", "IDENTITY"), rows));
            return 0;
        }
    }

    @Command(name = "use", description = "Makes one the current one.")
    static final class Use implements Callable<Integer> {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        public Integer call() throws Exception {
            Contexts all = Contexts.read(file());
            var _ = all.named(name);
            all.using(name).write(file());
            return 0;
        }
    }

    @Command(name = "add", description = "Adds one, or changes it; the first is the current one.")
    static final class Add implements Callable<Integer> {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(
                names = "--monitor",
                required = true,
                split = ",",
                paramLabel = "ADDRESS:PORT",
                description = "of the REST interface of each monitor")
        private List<String> monitors = new ArrayList<>();

        @Option(
                names = "--identity",
                required = true,
                paramLabel = "PATH",
                description = "directory of your certificate, or file of your token")
        private Path identity = Path.of("");

        @Override
        public Integer call() throws Exception {
            monitors.forEach(Addresses::parse);
            Path path = identity.toAbsolutePath().normalize();
            var _ = Credentials.load(path);
            Contexts.read(file())
                    .with(name, new Context(monitors, path, Optional.empty()))
                    .write(file());
            return 0;
        }
    }

    @Command(name = "remove", aliases = "rm", description = "Forgets one.")
    static final class Remove implements Callable<Integer> {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        public Integer call() throws Exception {
            Contexts all = Contexts.read(file());
            var _ = all.named(name);
            all.without(name).write(file());
            return 0;
        }
    }
}
