package dev.drover.cli;

import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Subject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code drover authority}. */
@Command(
        name = "authority",
        description =
                "The certificates of a cluster: monitors, hosts and users know each other by them.",
        subcommands = {AuthorityCommand.Create.class, AuthorityCommand.Issue.class})
final class AuthorityCommand {
    @Command(
            name = "create",
            description = "Makes a cluster's authority. Keep its directory away from the network.")
    static final class Create implements Callable<Integer> {
        @Option(
                names = "--authority",
                required = true,
                paramLabel = "DIRECTORY",
                description = "a new one")
        private Path directory = Path.of("");

        @Override
        public Integer call() throws IOException {
            try {
                var _ = CertificateAuthority.create(directory);
                return 0;
            } catch (FileAlreadyExistsException _) {
                throw new BadInput(
                        "There is an authority in "
                                + directory
                                + " already; it is left as it is: a new one would know nobody");
            }
        }
    }

    /** Who gets a certificate: one of them. */
    static final class Whom {
        @Option(names = "--monitor", description = "a cluster monitor")
        private boolean monitor;

        @Option(names = "--host", paramLabel = "NAME", description = "a host, by its name")
        private @Nullable String host;

        @Option(names = "--user", paramLabel = "NAME", description = "an administrator")
        private @Nullable String user;

        Subject subject() {
            try {
                return monitor
                        ? Subject.monitor()
                        : host != null ? Subject.host(host) : Subject.client(String.valueOf(user));
            } catch (IllegalArgumentException e) {
                throw new BadInput(String.valueOf(e.getMessage()));
            }
        }
    }

    @Command(
            name = "issue",
            description =
                    "Issues a certificate for two years: identity.pem in a directory to carry there.")
    static final class Issue implements Callable<Integer> {
        @Option(
                names = "--authority",
                required = true,
                paramLabel = "DIRECTORY",
                description = "of 'drover authority create'")
        private Path directory = Path.of("");

        @ArgGroup(multiplicity = "1")
        private Whom whom = new Whom();

        @Option(
                names = "--out",
                required = true,
                paramLabel = "DIRECTORY",
                description = "for 'drover serve --identity' or 'drover context add --identity'")
        private Path out = Path.of("");

        @SuppressWarnings("NullAway.Init") // by picocli
        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            Subject subject = whom.subject();
            try {
                CertificateAuthority.open(directory).issue(subject, out);
            } catch (NoSuchFileException _) {
                throw new BadInput(
                        "There is no authority in "
                                + directory
                                + "; make one: drover authority create --authority "
                                + directory);
            }
            spec.commandLine().getOut().println(out + ": a certificate of " + subject);
            return 0;
        }
    }
}
