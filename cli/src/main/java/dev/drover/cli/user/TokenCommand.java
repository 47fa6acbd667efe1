package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.Role;
import dev.drover.api.rest.TokenView;
import dev.drover.cli.BadInput;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drover token}. */
@Command(
        name = "token",
        description = "Bearer tokens: access for people and programs without a certificate.",
        subcommands = {
            TokenCommand.ListTokens.class,
            TokenCommand.Create.class,
            TokenCommand.Remove.class
        })
final class TokenCommand {
    @Command(name = "list", aliases = "ls", description = "Lists them, but for the tokens.")
    static final class ListTokens implements Callable<Integer> {
        @Mixin private final Look look = new Look();

        @Override
        public Integer call() throws Exception {
            return look.list("/v1/tokens", TokenView.class, Columns.TOKEN, _ -> true);
        }
    }

    @Command(
            name = "create",
            description = "Makes one, and writes it to a file that only you can read.",
            footer = {
                "",
                "The file is all that somebody needs:"
                        + " drover context add NAME --monitor ADDRESS:PORT --identity FILE."
                        + " The token is kept nowhere else."
            })
    static final class Create implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "of whoever is to have it")
        private String name = "";

        @Option(
                names = "--role",
                required = true,
                description = "viewer looks on; operator moves VMs too; admin may do all")
        private Role role = Role.VIEWER;

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "a new file")
        private Path file = Path.of("");

        @Mixin private final Connection connection = new Connection();

        @SuppressWarnings("NullAway.Init") // by picocli
        @Spec
        private CommandSpec spec;

        /** The file first: without it the token would be lost. */
        @Override
        public Integer call() throws Exception {
            String authority = connection.authority();
            try (SeekableByteChannel out = create(file)) {
                return writeTo(out, authority);
            }
        }

        private int writeTo(SeekableByteChannel out, String authority)
                throws IOException, InterruptedException {
            try {
                return connection.ask(api -> {
                    var content = new Credentials.TokenFile(create(api), authority);
                    Channels.newOutputStream(out).write(Json.write(content));
                    spec.commandLine()
                            .getOut()
                            .println("%s: may act as %s, by %s".formatted(name, role, file));
                    return 0;
                });
            } finally {
                if (out.size() == 0) {
                    Files.delete(file); // It was made here.
                }
            }
        }

        private String create(Api api) throws InterruptedException {
            return Json.read(
                            api.post(
                                    "/v1/tokens",
                                    HostCommand.PATIENCE,
                                    Map.of("name", name, "role", role.name()),
                                    Map.of()),
                            TokenView.class)
                    .token()
                    .orElseThrow();
        }

        private static SeekableByteChannel create(Path file) throws IOException {
            try {
                return Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            } catch (FileAlreadyExistsException _) {
                throw new BadInput("There is a file " + file + " already; name a new one");
            } catch (IOException e) {
                throw new BadInput(file + " cannot be made: " + e.getMessage());
            }
        }
    }

    @Command(
            name = "remove",
            aliases = "rm",
            description = "Makes one invalid. A stream of events that is open goes on.")
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
                api.delete("/v1/tokens/" + Api.encode(name), HostCommand.PATIENCE);
                spec.commandLine().getOut().println(name + ": removed");
                return 0;
            });
        }
    }
}
