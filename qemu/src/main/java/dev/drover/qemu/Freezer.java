package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A control group that stops a whole process, whatever command reaches it, and lets it run again.
 *
 * <p>Version 2 ({@code cgroup.freeze}, Documentation/admin-guide/cgroup-v2.rst) where it is
 * mounted, else the freezer controller of version 1
 * (Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst). A process frozen by version 1 does
 * not die of a signal before it is thawed.
 */
final class Freezer {
    private static final Duration AT_MOST = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_NANOS = 50_000;

    private final Path group;
    private final boolean unified;

    private Freezer(Path group, boolean unified) {
        this.group = group;
        this.unified = unified;
    }

    /**
     * The group of the VM in this directory; nothing is made yet.
     *
     * @throws HypervisorException when this host has no freezer
     */
    static Freezer of(Path directory) {
        return of(directory, mounts());
    }

    /** As {@link #of(Path)}, by these lines of proc_mounts(5). */
    static Freezer of(Path directory, List<String> mounts) {
        String name =
                "drover-"
                        + HexFormat.of().toHexDigits(directory.toString().hashCode())
                        + "-"
                        + directory.getFileName();
        Optional<Path> unified = mountPoint(mounts, "cgroup2", "");
        if (unified.isPresent() && Files.isWritable(unified.get())) {
            return new Freezer(unified.get().resolve(name), true);
        }
        return mountPoint(mounts, "cgroup", "freezer")
                .filter(Files::isWritable)
                .map(m -> new Freezer(m.resolve(name), false))
                .orElseThrow(() ->
                        new HypervisorException(
                                "This host has no writable cgroup freezer; a VM that may"
                                        + " not run could not be held. Mount cgroup2 on"
                                        + " /sys/fs/cgroup."));
    }

    Path path() {
        return group;
    }

    private static Optional<Path> mountPoint(List<String> mounts, String type, String option) {
        return mounts.stream()
                .map(line -> line.split(" "))
                .filter(f -> f.length > 3 && f[2].equals(type))
                .filter(f -> option.isEmpty() || List.of(f[3].split(",")).contains(option))
                .map(f -> Path.of(f[1]))
                .findFirst();
    }

    private static List<String> mounts() {
        try {
            return Files.readAllLines(Path.of("/proc/mounts"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the group when it is not there and puts the process into it. */
    void take(long pid) {
        try {
            Files.createDirectories(group);
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid));
        } catch (IOException e) {
            throw new HypervisorException("The VM's process cannot be put into its cgroup", e);
        }
    }

    /** Stops everything in the group; returns when it stands still. */
    void freeze() {
        set(true);
        await(true);
    }

    /** Lets everything in the group run. */
    void thaw() {
        set(false);
        await(false);
    }

    /** True when the group is frozen, or on its way to be. */
    boolean frozen() {
        try {
            return unified
                    ? Files.readString(group.resolve("cgroup.freeze")).strip().equals("1")
                    : !Files.readString(group.resolve("freezer.state")).strip().equals("THAWED");
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException e) {
            throw new HypervisorException("The VM's cgroup cannot be read", e);
        }
    }

    /** Removes the group, which is empty or about to be. */
    void remove() throws IOException {
        long deadline = System.nanoTime() + AT_MOST.toNanos();
        while (Files.exists(group)) {
            try {
                Files.delete(group);
            } catch (NoSuchFileException _) {
                return;
            } catch (IOException e) {
                // A zombie keeps a group of version 1 busy until it is reaped.
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    void set(boolean freeze) {
        try {
            if (unified) {
                Files.writeString(group.resolve("cgroup.freeze"), freeze ? "1" : "0");
            } else {
                Files.writeString(group.resolve("freezer.state"), freeze ? "FROZEN" : "THAWED");
            }
        } catch (IOException e) {
            throw new HypervisorException("The VM cannot be " + (freeze ? "frozen" : "thawed"), e);
        }
    }

    private void await(boolean frozen) {
        long deadline = System.nanoTime() + AT_MOST.toNanos();
        while (!reached(frozen)) {
            if (System.nanoTime() > deadline) {
                throw new HypervisorException(
                        "The VM's cgroup was not "
                                + (frozen ? "frozen" : "thawed")
                                + " within "
                                + AT_MOST.toMillis()
                                + " ms");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private boolean reached(boolean frozen) {
        try {
            return unified
                    ? Files.readString(group.resolve("cgroup.events"))
                            .contains(frozen ? "frozen 1" : "frozen 0")
                    : Files.readString(group.resolve("freezer.state"))
                            .strip()
                            .equals(frozen ? "FROZEN" : "THAWED");
        } catch (IOException e) {
            throw new HypervisorException("The VM's cgroup cannot be read", e);
        }
    }
}
