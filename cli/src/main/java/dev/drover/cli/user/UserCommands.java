package dev.drover.cli.user;

import java.util.List;
import picocli.CommandLine;

/** All commands by which a user asks something of a cluster. */
public final class UserCommands {
    private UserCommands() {}

    /** Adds them to the command line, in the order of its help. */
    public static void addTo(CommandLine drover) {
        List.of(
                        new ListVms(),
                        new ShowVm(),
                        new Create(),
                        new Wake(),
                        new SleepVm(),
                        new Stop(),
                        new Restart(),
                        new MoveVm(),
                        new ListMoves(),
                        new Cancel(),
                        new Destroy(),
                        new VolumeCommand(),
                        new Events(),
                        new HostCommand(),
                        new ImageCommand(),
                        new TokenCommand(),
                        new ContextCommand(),
                        new Completion(),
                        new Version())
                .forEach(drover::addSubcommand);
    }
}
