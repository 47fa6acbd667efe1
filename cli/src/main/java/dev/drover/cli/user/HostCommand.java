package dev.drover.cli.user;

import dev.drover.api.rest.HostView;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover host}. */
@Command(
        name = "host",
        description = "The hosts of the cluster.",
        subcommands = {
            HostCommand.ListHosts.class,
            HostCommand.Show.class,
            HostCommand.Cordon.class,
            HostCommand.Uncordon.class,
            Evacuate.class,
            DeclareLost.class
        })
final class HostCommand {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    @Command(name = "list", aliases = "ls", description = "Lists the hosts.")
    static final class ListHosts implements Callable<Integer> {
        @Mixin private final Look look = new Look();

        @Override
        public Integer call() throws Exception {
            return look.list("/v1/hosts", HostView.class, Columns.HOST, _ -> true);
        }
    }

    @Command(name = "show", description = "Shows all that the cluster knows of a host.")
    static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "HOST")
        private String host = "";

        @Mixin private final Look look = new Look();

        @Override
        public Integer call() throws Exception {
            return look.one("/v1/hosts/" + Api.encode(host), HostView.class, Columns.HOST);
        }
    }

    /** A host, and the one thing that is done to it. */
    static final class Told {
        @Parameters(paramLabel = "HOST")
        private String host = "";

        @Mixin private final Connection connection = new Connection();

        @SuppressWarnings("NullAway.Init") // by picocli
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        int tell(String verb) throws Exception {
            return connection.ask(api -> {
                String path = "/v1/hosts/" + Api.encode(host) + "/" + verb;
                var _ = api.post(path, PATIENCE, null, Map.of());
                spec.commandLine().getOut().println(host + ": " + verb + "ed");
                return 0;
            });
        }
    }

    @Command(name = "cordon", description = "Lets a host take no more VMs; what runs there stays.")
    static final class Cordon implements Callable<Integer> {
        @Mixin private final Told told = new Told();

        @Override
        public Integer call() throws Exception {
            return told.tell("cordon");
        }
    }

    @Command(name = "uncordon", description = "Lets a host take VMs again.")
    static final class Uncordon implements Callable<Integer> {
        @Mixin private final Told told = new Told();

        @Override
        public Integer call() throws Exception {
            return told.tell("uncordon");
        }
    }
}
