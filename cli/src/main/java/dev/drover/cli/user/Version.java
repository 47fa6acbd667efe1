package dev.drover.cli.user;

import dev.drover.cli.BadInput;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code drover version}. */
@Command(name = "version", description = "Tells the version of this command and of the cluster.")
final class Version implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        spec.root().commandLine().printVersionHelp(out);
        try {
            return connection.ask(api -> {
                JsonNode told = api.get("/v1/version");
                out.println(
                        "cluster %s, interface %s"
                                .formatted(
                                        told.path("drover").stringValue(),
                                        told.path("api").stringValue()));
                return 0;
            });
        } catch (BadInput e) {
            out.println(e.getMessage());
            return 0;
        }
    }
}
