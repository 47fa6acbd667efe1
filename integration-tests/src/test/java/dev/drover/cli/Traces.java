package dev.drover.cli;

import dev.drover.lab.Host;
import dev.drover.lab.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** What a host has of a VM: all of it where the VM lives, none where it lived before. */
enum Traces {
    PROCESS,
    TAP,
    /** That QEMU is frozen by. */
    CONTROL_GROUP,
    DIRECTORY,
    JOURNAL,
    /** The bridge sends the guest's packets to one port for good. */
    PINNED_ADDRESS;

    private static final List<Path> FREEZERS =
            List.of(
                    Path.of("/sys/fs/cgroup"),
                    Path.of("/sys/fs/cgroup/unified"),
                    Path.of("/sys/fs/cgroup/freezer"));

    /** Those of a VM that runs where nothing moves it. */
    static final Set<Traces> ALIVE = EnumSet.complementOf(EnumSet.of(PINNED_ADDRESS));

    static Set<Traces> of(String vm, Host host) throws IOException {
        Set<Traces> found = EnumSet.noneOf(Traces.class);
        for (Traces trace : values()) {
            if (trace.isThere(vm, host)) {
                found.add(trace);
            }
        }
        return found;
    }

    private boolean isThere(String vm, Host host) throws IOException {
        Path state = host.directory().resolve("state");
        Path directory = state.resolve("vms").resolve(vm);
        return switch (this) {
            case PROCESS ->
                    Drover.processes().values().stream()
                            .anyMatch(line ->
                                    line.startsWith("qemu-") && line.contains(directory + "/"));
            case TAP -> host.namespace().run("ip", "-o", "link").contains(": dv");
            case CONTROL_GROUP -> {
                String name =
                        "drover-"
                                + HexFormat.of().toHexDigits(directory.toString().hashCode())
                                + "-"
                                + vm;
                yield FREEZERS.stream().anyMatch(f -> Files.exists(f.resolve(name)));
            }
            case DIRECTORY -> Files.exists(directory);
            case JOURNAL -> Files.exists(state.resolve("journal/" + vm + ".json"));
            case PINNED_ADDRESS ->
                    host.namespace()
                            .run("bridge", "fdb", "show")
                            .lines()
                            .anyMatch(line ->
                                    line.contains(Layout.GUEST_MAC) && line.contains("static"));
        };
    }
}
