package dev.drover.cli.user;

import dev.drover.api.rest.VolumeView;
import dev.drover.cli.BadInput;
import dev.drover.cli.Terminal;
import java.io.PrintWriter;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover volume}. */
@Command(
        name = "volume",
        description = "The disks of destroyed VMs, which their hosts keep for a time.",
        subcommands = {VolumeCommand.ListVolumes.class, VolumeCommand.Remove.class})
final class VolumeCommand {
    @Command(
            name = "list",
            aliases = "ls",
            description = "Lists them; -o wide says where their files are.")
    static final class ListVolumes implements Callable<Integer> {
        @Mixin private final Output output = new Output();
        @Mixin private final Connection connection = new Connection();

        @SuppressWarnings("NullAway.Init") // by picocli
        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            return connection.ask(api -> {
                Set<String> away = new TreeSet<>();
                var all =
                        api.list(
                                "/v1/volumes",
                                page ->
                                        page.path("away")
                                                .forEach(host -> away.add(host.stringValue())));
                out.println(output.list(all, VolumeView.class, Columns.VOLUME));
                out.flush();
                if (!away.isEmpty()) {
                    err.println("Not listed is what these hosts keep, which are away: " + away);
                    err.flush();
                }
                return 0;
            });
        }
    }

    @Command(
            name = "remove",
            aliases = "rm",
            description = "Removes one for good, before its time.")
    static final class Remove implements Callable<Integer> {
        @Parameters(paramLabel = "ID", description = "as the list says")
        private String id = "";

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
                spec.commandLine().getErr().println("Nothing was removed.");
                return 1;
            }
            return connection.ask(api -> {
                api.delete("/v1/volumes/" + Api.encode(id), HostCommand.PATIENCE);
                spec.commandLine().getOut().println(id + ": removed");
                return 0;
            });
        }

        private boolean agreed() {
            if (!Terminal.isThere()) {
                throw new BadInput("remove asks first, and nobody is there to answer: add --yes");
            }
            return Terminal.agrees("Remove volume %s, with all data on it?".formatted(id));
        }
    }
}
