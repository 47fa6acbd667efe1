package dev.drover.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The cgroups of VMs whose processes were killed with their agents: a lab ends all at once, so
 * nobody is left who would remove them.
 */
final class StaleGroups {
    private static final List<Path> ROOTS =
            List.of(
                    Path.of("/sys/fs/cgroup"),
                    Path.of("/sys/fs/cgroup/unified"),
                    Path.of("/sys/fs/cgroup/freezer"));

    private StaleGroups() {}

    /** The VMs that hosts of a lab have allocations of. */
    static Set<String> vmsBelow(Path lab) {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> hosts = Files.newDirectoryStream(lab, "h*")) {
            for (Path host : hosts) {
                names.addAll(namesIn(host.resolve("state/vms")));
            }
        } catch (IOException _) {
            // There is no lab.
        }
        return names;
    }

    private static Set<String> namesIn(Path directory) {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> vms = Files.newDirectoryStream(directory)) {
            vms.forEach(vm -> names.add(vm.getFileName().toString()));
        } catch (IOException _) {
            // This host has none.
        }
        return names;
    }

    /** Removes those of a VM's name; the kernel keeps one that a process is in. */
    static void remove(String vm) {
        for (Path root : ROOTS) {
            try (DirectoryStream<Path> groups = Files.newDirectoryStream(root, "drover-*-" + vm)) {
                for (Path group : groups) {
                    Files.deleteIfExists(group);
                }
            } catch (IOException _) {
                // Not mounted here, or in use: not stale then.
            }
        }
    }
}
