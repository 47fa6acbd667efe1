package dev.drover.cli.user;

import dev.drover.cli.BadInput;
import dev.drover.lab.InNamespace;
import dev.drover.lab.Namespace;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster is asked. */
final class Connection {
    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "the cluster to ask, of 'drover context list' ($DROVER_CONTEXT)")
    private @Nullable String context;

    /** What is asked of a cluster; the exit status. */
    interface Asked {
        int ask(Api api) throws IOException, InterruptedException;
    }

    /** Asks the cluster of the context. */
    int ask(Asked asked) throws IOException, InterruptedException {
        Context chosen = chosen();
        return chosen.namespace().isEmpty()
                ? ask(chosen, asked)
                : InNamespace.call(existing(chosen.namespace().get()), () -> ask(chosen, asked));
    }

    private static int ask(Context context, Asked asked) throws IOException, InterruptedException {
        try (Api api = Api.of(context)) {
            return asked.ask(api);
        }
    }

    private static Namespace existing(String name) {
        Namespace namespace = new Namespace(name);
        if (!namespace.exists()) {
            throw new BadInput(
                    "The demo's cluster is gone, with its namespace '%s'; make it anew: drover demo --keep"
                            .formatted(name));
        }
        return namespace;
    }

    /** The certificate of the cluster's authority, PEM. */
    String authority() throws IOException {
        return Credentials.load(chosen().identity()).authority();
    }

    private Context chosen() throws IOException {
        Path file = Contexts.file(System.getenv());
        Contexts all = Contexts.read(file);
        String fromEnvironment = System.getenv("DROVER_CONTEXT");
        String name = context != null ? context : fromEnvironment;
        if (name != null && !name.isEmpty()) {
            return all.named(name);
        }
        return all.current()
                .map(all::named)
                .orElseThrow(() ->
                        new BadInput(
                                "No cluster is chosen. Choose one: drover context use NAME; or add one: drover context add NAME --monitor ADDRESS:PORT --identity PATH; or play with one on this machine: drover demo --keep"));
    }
}
