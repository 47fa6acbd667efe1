package dev.drover.cli.user;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code drover completion}. */
@Command(
        name = "completion",
        description =
                "Prints what makes bash and zsh complete commands: source <(drover completion)")
final class Completion implements Callable<Integer> {
    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(AutoComplete.bash("drover", spec.root().commandLine()));
        return 0;
    }
}
