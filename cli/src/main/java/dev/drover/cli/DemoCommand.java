package dev.drover.cli;

import dev.drover.api.Fault;
import dev.drover.lab.Lab;
import dev.drover.lab.LabException;
import dev.drover.lab.Layout;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Phase;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code drover demo}: a cluster on this machine, and a running VM that moves in it. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Makes hosts out of network namespaces and moves a running VM between them.",
        footer = {
            "",
            "Ctrl-C undoes the move under way (the guest runs on, on its source) and cleans up.",
            "Exit status: 0 moved, nothing lost, all verified that can be; 1 not so; 2 bad input;",
            "130 interrupted."
        })
final class DemoCommand implements Callable<Integer> {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final int MOST_HOSTS = 8;
    private static final int DISK_UNIT_BYTES = 4096;

    /** The phases that every move comes to while nothing goes wrong. */
    private static final Phase[] REACHED =
            EnumSet.range(Phase.INSTANTIATE, Phase.RELEASE).toArray(Phase[]::new);

    @Option(names = "--hosts", defaultValue = "2", description = "how many (2 to 8; 2)")
    private int hosts;

    @Option(names = "--monitors", defaultValue = "1", description = "1, 3 or 5 (1)")
    private int monitors;

    @Option(
            names = "--format",
            defaultValue = "raw",
            description = "of the disk: raw or qcow2 (raw)")
    private String format = "";

    @Option(
            names = "--disk-size",
            defaultValue = "1GiB",
            converter = Sizes.class,
            description = "of the guest's disk (1GiB)")
    private long diskBytes;

    @Option(
            names = "--memory-size",
            defaultValue = "256MiB",
            converter = Sizes.class,
            description = "of the guest's memory (256MiB)")
    private long memoryBytes;

    @Option(
            names = "--load",
            defaultValue = "light",
            description =
                    "what the guest writes: idle, light (5 MB/s to disk, 20 MB/s to memory)"
                            + " or heavy (three times that) (light)")
    private String load = "";

    @Option(names = "--rate", defaultValue = "500", description = "packets a second (500)")
    private int rate;

    @Option(
            names = "--moves",
            defaultValue = "1",
            description = "back and forth, or round all hosts (1)")
    private int moves;

    @Option(
            names = "--image",
            description = "boot this disk image instead of the demo's own guest (it is copied)")
    private @Nullable Path image;

    @Option(
            names = "--kill",
            paramLabel = "PHASE:VICTIM",
            description =
                    "kill somebody when a phase begins; VICTIM is source-agent,"
                            + " source-qemu, source-host (both), target-agent, target-qemu,"
                            + " target-host or monitor; or move, which is cancelled")
    private @Nullable String kill;

    @Option(names = "--json", description = "print the report as JSON in the last line")
    private boolean json;

    @Option(
            names = "--keep",
            description = "leave the cluster running, to play with; says how to ask it")
    private boolean keep;

    @Option(names = "--end", description = "only end and remove what --keep left running")
    private boolean end;

    @Option(
            names = "--state-dir",
            defaultValue = "/var/lib/drover/demo",
            description = "everything the demo makes is below it (/var/lib/drover/demo)")
    private Path stateDirectory = Path.of("");

    @Option(
            names = "--prefix",
            defaultValue = Layout.DEFAULT_PREFIX,
            description =
                    "of the namespaces' names: with another, and another --state-dir, a demo"
                            + " runs beside one that is there (drover)")
    private String prefix = "";

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return end ? end() : new Demo(options()).run();
    }

    /** As the next demo would, before it begins. */
    private int end() {
        named("--state-dir", stateDirectory);
        try {
            Lab.requireRoot();
            Path lab = stateDirectory.resolve("lab");
            Set<String> vms = StaleGroups.vmsBelow(lab);
            List<String> removed = Lab.removeLeftovers(lab);
            vms.forEach(StaleGroups::remove);
            spec.commandLine()
                    .getOut()
                    .println(
                            removed.isEmpty()
                                    ? "There was nothing below " + stateDirectory
                                    : "Removed: " + String.join(", ", removed));
            return 0;
        } catch (LabException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    private DemoOptions options() {
        named("--state-dir", stateDirectory);
        named("--image", image);
        range("--hosts", hosts, 2, MOST_HOSTS);
        range("--moves", moves, 1, 100_000);
        range("--rate", rate, 1, 20_000);
        sizes("--disk-size", diskBytes, image == null ? 512 * MIB : 0, 4096 * GIB);
        sizes("--memory-size", memoryBytes, 192 * MIB, 1024 * GIB);
        multiple("--disk-size", diskBytes, DISK_UNIT_BYTES);
        multiple("--memory-size", memoryBytes, VmSpec.MEMORY_UNIT_BYTES);
        choice("--monitors", Integer.toString(monitors), "1", "3", "5");
        choice("--load", load, "idle", "light", "heavy");
        choice("--format", format, "raw", "qcow2");
        return new DemoOptions(
                hosts,
                monitors,
                VmSpec.Format.valueOf(format.toUpperCase(Locale.ROOT)),
                diskBytes,
                memoryBytes,
                load,
                rate,
                moves,
                Optional.ofNullable(image),
                Optional.ofNullable(kill).map(DemoCommand::fault),
                json,
                keep,
                prefix(),
                stateDirectory.toAbsolutePath().normalize());
    }

    private String prefix() {
        try {
            return new Layout(prefix, hosts).prefix();
        } catch (IllegalArgumentException e) {
            throw new BadInput("--prefix: " + e.getMessage());
        }
    }

    /** The empty path would be the current directory. */
    private static void named(String option, @Nullable Path path) {
        if (path != null && path.toString().isEmpty()) {
            throw new BadInput(option + " needs a path, not an empty one");
        }
    }

    private static void range(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new BadInput(option + " is " + least + " to " + most + ", not " + value);
        }
    }

    private static void sizes(String option, long bytes, long least, long most) {
        if (bytes < least || bytes > most) {
            throw new BadInput(
                    option
                            + " is "
                            + Sizes.inWords(least)
                            + " to "
                            + Sizes.inWords(most)
                            + ", not "
                            + Sizes.inWords(bytes));
        }
    }

    private static void multiple(String option, long value, int unit) {
        if (value % unit != 0) {
            throw new BadInput(
                    option + " is a multiple of " + unit / 1024 + " KiB, not " + value + " bytes");
        }
    }

    private static void choice(String option, String value, String... choices) {
        if (!Arrays.asList(choices).contains(value)) {
            throw new BadInput(
                    option + " is one of " + String.join(", ", choices) + ", not '" + value + "'");
        }
    }

    private static Fault fault(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 2) {
            throw new BadInput(
                    "--kill is PHASE:VICTIM, for example last-memory:target-qemu, not '"
                            + text
                            + "'");
        }
        Fault fault =
                new Fault(
                        among(REACHED, parts[0], text),
                        among(Fault.Victim.values(), parts[1], text));
        if (fault.phase() == Phase.INSTANTIATE && fault.victim() == Fault.Victim.TARGET_QEMU) {
            throw new BadInput(
                    "--kill="
                            + text
                            + " would kill nobody: the target's QEMU is made in that phase;"
                            + " take snapshot or a later one");
        }
        return fault;
    }

    private static <E extends Enum<E>> E among(E[] all, String name, String text) {
        return Arrays.stream(all)
                .filter(e -> label(e.name()).equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() ->
                        new BadInput(
                                "--kill is PHASE:VICTIM, not '"
                                        + text
                                        + "': '"
                                        + name
                                        + "' is none of "
                                        + Arrays.stream(all)
                                                .map(Enum::name)
                                                .map(DemoCommand::label)
                                                .collect(Collectors.joining(", "))));
    }

    private static String label(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
