package dev.drover.cli.user;

import dev.drover.api.rest.ImageView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover image}. */
@Command(
        name = "image",
        description = "Base images, that the disks of new VMs begin as copies of.",
        subcommands = {
            ImageCommand.ListImages.class,
            ImageCommand.Show.class,
            AddImage.class,
            ImageCommand.Remove.class
        })
final class ImageCommand {
    @Command(name = "list", aliases = "ls", description = "Lists the base images.")
    static final class ListImages implements Callable<Integer> {
        @Mixin private final Look look = new Look();

        @Override
        public Integer call() throws Exception {
            return look.list("/v1/images", ImageView.class, Columns.IMAGE, _ -> true);
        }
    }

    @Command(name = "show", description = "Shows all that the cluster knows of a base image.")
    static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Mixin private final Look look = new Look();

        @Override
        public Integer call() throws Exception {
            return look.one("/v1/images/" + Api.encode(name), ImageView.class, Columns.IMAGE);
        }
    }

    @Command(
            name = "remove",
            aliases = "rm",
            description = "Removes a base image from all hosts. VMs that were made of it stay.")
    static final class Remove implements Callable<Integer> {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Mixin private final Connection connection = new Connection();

        @SuppressWarnings("NullAway.Init") // by picocli
        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            return connection.ask(api -> {
                api.delete("/v1/images/" + Api.encode(name), HostCommand.PATIENCE);
                spec.commandLine().getOut().println(name + ": removed");
                return 0;
            });
        }
    }
}
