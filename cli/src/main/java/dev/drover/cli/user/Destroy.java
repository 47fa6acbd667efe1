package dev.drover.cli.user;

import dev.drover.cli.BadInput;
import dev.drover.cli.Terminal;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover destroy}. */
@Command(
        name = "destroy",
        aliases = {"delete", "rm"},
        description = "Ends VMs for good. Their disks are kept for a time: drover volume list.")
final class Destroy implements Callable<Integer> {
    @Mixin private final Verb verb = new Verb();

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    @Option(
            names = "--keep-for",
            paramLabel = "TIME",
            defaultValue = "7d",
            converter = Times.class,
            description = "keep their disks on their hosts so long, such as 12h or 30d (7d)")
    private Duration keepFor = Duration.ZERO;

    @Option(names = "--now", description = "remove their disks at once, whatever --keep-for says")
    private boolean now;

    @Override
    public Integer call() throws Exception {
        if (!yes && !agreed()) {
            verb.spec().commandLine().getErr().println("Nothing was destroyed.");
            return 1;
        }
        return verb.each((api, path) -> {
            api.delete(path + "?keepSeconds=" + keepSeconds(), Wake.PATIENCE);
            return "destroyed";
        });
    }

    private long keepSeconds() {
        return now ? 0 : keepFor.toSeconds();
    }

    private boolean agreed() {
        if (!Terminal.isThere()) {
            throw new BadInput("destroy asks first, and nobody is there to answer: add --yes");
        }
        return Terminal.agrees(
                "Destroy %s, %s?"
                        .formatted(
                                String.join(", ", verb.vms()),
                                now
                                        ? "with all data on their disks"
                                        : "and keep their disks for " + Times.inWords(keepFor)));
    }
}
