package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Stops a process as a whole, so that no command reaches it: a cgroup of its own, by {@code
 * cgroup.freeze} (the kernel's cgroup-v2.rst) or, where that is not mounted, the {@code freezer} of
 * version 1 (freezer-subsystem.rst).
 */
sealed interface Freezer {
    Duration PATIENCE = Duration.ofSeconds(5);

    /** The freezer for the VM of a directory. */
    static Freezer of(Path vmDirectory) {
        String name = "drover-" + Integer.toHexString(vmDirectory.toString().hashCode());
        for (Path root : List.of(Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/unified"))) {
            if (Files.exists(root.resolve("cgroup.controllers"))) {
                return new Version2(root.resolve(name));
            }
        }
        return new Version1(Path.of("/sys/fs/cgroup/freezer").resolve(name));
    }

    /** The cgroup. */
    Path group();

    /** Stops the process; returns when it stands still. Idempotent. */
    void freeze(long pid);

    /** Undoes {@link #freeze}. Idempotent. */
    void thaw();

    /** Removes the cgroup of a dead process. Idempotent. */
    default void remove() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (Files.exists(group()) && System.nanoTime() < deadline) {
            try {
                Files.delete(group());
            } catch (IOException _) {
                Thread.onSpinWait(); // The last thread of the dead process is still leaving.
            }
        }
    }

    private void enter(long pid) throws IOException {
        Files.createDirectories(group());
        Files.writeString(group().resolve("cgroup.procs"), Long.toString(pid));
    }

    private void await(Path file, String content) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.readString(file).contains(content)) {
            if (System.nanoTime() > deadline) {
                throw new HypervisorException(file + " does not become '" + content + "'");
            }
            Thread.onSpinWait();
        }
    }

    private void write(String file, String value) {
        try {
            if (Files.exists(group())) {
                Files.writeString(group().resolve(file), value);
            }
        } catch (IOException e) {
            throw new HypervisorException("Writing " + value + " to " + group() + " failed", e);
        }
    }

    private HypervisorException refused(IOException e) {
        return new HypervisorException(
                "The process cannot be frozen: mount the cgroup file system (version 2, or the"
                        + " freezer of version 1)",
                e);
    }

    /** By the unified hierarchy. */
    record Version2(Path group) implements Freezer {
        @Override
        public void freeze(long pid) {
            try {
                Freezer.super.enter(pid);
                Files.writeString(group.resolve("cgroup.freeze"), "1");
                Freezer.super.await(group.resolve("cgroup.events"), "frozen 1");
            } catch (IOException e) {
                throw Freezer.super.refused(e);
            }
        }

        @Override
        public void thaw() {
            Freezer.super.write("cgroup.freeze", "0");
        }
    }

    /** By the freezer hierarchy. */
    record Version1(Path group) implements Freezer {
        @Override
        public void freeze(long pid) {
            try {
                Freezer.super.enter(pid);
                Files.writeString(group.resolve("freezer.state"), "FROZEN");
                Freezer.super.await(group.resolve("freezer.state"), "FROZEN");
            } catch (IOException e) {
                throw Freezer.super.refused(e);
            }
        }

        @Override
        public void thaw() {
            Freezer.super.write("freezer.state", "THAWED");
        }
    }
}
