package dev.drover.cli.user;

import dev.drover.cli.BadInput;
import dev.drover.cli.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover destroy}. */
@Command(
        name = "destroy",
        aliases = {"delete", "rm"},
        description = "Ends VMs for good, and removes their disks.")
final class Destroy implements Callable<Integer> {
    @Mixin private final Verb verb = new Verb();

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
        if (!yes && !agreed()) {
            verb.spec().commandLine().getErr().println("Nothing was destroyed.");
            return 1;
        }
        return verb.each((api, path) -> {
            api.delete(path, Wake.PATIENCE);
            return "destroyed";
        });
    }

    private boolean agreed() {
        if (!Terminal.isThere()) {
            throw new BadInput("destroy asks first, and nobody is there to answer: add --yes");
        }
        return Terminal.agrees(
                "Destroy %s, with all data on their disks?"
                        .formatted(String.join(", ", verb.vms())));
    }
}
