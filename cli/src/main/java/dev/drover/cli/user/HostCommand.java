package dev.drover.cli.user;

import dev.drover.api.rest.HostView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code drover host}. */
@Command(
        name = "host",
        description = "The hosts of the cluster.",
        subcommands = {HostCommand.ListHosts.class, HostCommand.Show.class})
final class HostCommand {
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
}
