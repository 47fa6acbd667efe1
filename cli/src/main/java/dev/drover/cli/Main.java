package dev.drover.cli;

import dev.drover.cli.user.UserCommands;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** {@code drover}: moves running virtual machines between hosts that share only a network. */
@Command(
        name = "drover",
        description = "Moves running virtual machines between hosts that share only a network.",
        version = "drover 0.1.0",
        mixinStandardHelpOptions = true,
        subcommands = {DemoCommand.class, Serve.class, AuthorityCommand.class})
public final class Main {
    private Main() {}

    /** Exit status: 0 done, 1 failed, 2 bad input (nothing was changed), 130 interrupted. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine drover = new CommandLine(new Main());
        UserCommands.addTo(drover);
        offerHelp(drover);
        return drover.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::badInput)
                .setExecutionExceptionHandler(Main::failed);
    }

    /** Every command tells its options, by {@code --help}, whatever it lacks. */
    private static void offerHelp(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (spec.findOption("--help") == null) {
            spec.addOption(
                    OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("show this help and exit")
                            .build());
        }
        command.getSubcommands().values().forEach(Main::offerHelp);
    }

    private static int badInput(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println(e.getMessage());
        command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        Exception told =
                e instanceof UncheckedIOException io && io.getCause() != null ? io.getCause() : e;
        String said = told.getMessage();
        command.getErr().println(said == null ? told.toString() : said);
        return e instanceof BadInput ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }
}
