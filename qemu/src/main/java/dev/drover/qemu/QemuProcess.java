package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A QEMU process, ours or an earlier agent's. It is known by its own QMP argument, so that a stale
 * process id can never point at another's process.
 *
 * @param pid its process id
 * @param freezer puts it out of reach
 */
record QemuProcess(long pid, Freezer freezer) {
    private static final Duration DEATH = Duration.ofSeconds(10);
    private static final int WORDS = 3;

    /** Starts QEMU in a session of its own, so that it outlives whoever started it. */
    static QemuProcess start(List<String> commandLine, Path directory) {
        try {
            Process process =
                    new ProcessBuilder(commandLine)
                            .directory(directory.toFile())
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                            .redirectErrorStream(true)
                            .redirectOutput(errors(directory).toFile())
                            .start();
            return new QemuProcess(process.pid(), Freezer.of(directory));
        } catch (IOException e) {
            throw new HypervisorException(
                    "QEMU could not be started: install the package qemu-system-x86", e);
        }
    }

    /** The process that an earlier agent started for this directory, if it is alive. */
    static Optional<QemuProcess> find(Path directory) {
        String mark = QemuCommandLine.qmpArgument(directory);
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> arguments(pid).contains(mark) && !isDead(pid))
                .findFirst()
                .map(pid -> new QemuProcess(pid, Freezer.of(directory)));
    }

    /** The last lines of its standard error. */
    static Optional<String> lastWords(Path directory) {
        try {
            List<String> lines = Files.readAllLines(errors(directory));
            List<String> last = lines.subList(Math.max(0, lines.size() - WORDS), lines.size());
            return last.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", last));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    boolean isAlive() {
        return !isDead(pid);
    }

    /** Ends it, frozen or not, and returns when it is seen dead. */
    void kill() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        freezer.thaw();
        long deadline = System.nanoTime() + DEATH.toNanos();
        while (isAlive() && System.nanoTime() < deadline) {
            pause();
        }
        if (isAlive()) {
            throw new HypervisorException(
                    "QEMU, process "
                            + pid
                            + ", does not die; it may hang in the kernel: see"
                            + " /proc/"
                            + pid
                            + "/stack");
        }
        freezer.remove();
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException _) {
            // A kill is seen through; whoever wanted the end of this thread waits for it.
            Thread.onSpinWait();
        }
    }

    /** Dead, or a zombie that its parent has not yet buried (proc_pid_stat(5), field 3). */
    private static boolean isDead(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state == 'Z' || state == 'X';
        } catch (IOException _) {
            return true;
        }
    }

    private static List<String> arguments(long pid) {
        try {
            byte[] all = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
            return List.of(new String(all, StandardCharsets.UTF_8).split("\0", -1));
        } catch (IOException _) {
            return List.of();
        }
    }

    private static Path errors(Path directory) {
        return directory.resolve("qemu.log");
    }
}
