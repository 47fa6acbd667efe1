package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of one VM. It has its own session, so that it outlives the agent, its terminal and
 * its service; it is known by the path of its pid file among its arguments, which no other process
 * has, so that a reused process id deceives nobody. Thread-safe.
 */
final class QemuProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QemuProcess.class);

    /** QEMU writes its process id here before it makes the machine. */
    static final String PID_FILE = "qemu.pid";

    /** The monitor's socket. */
    static final String MONITOR = "qmp.sock";

    /** The NBD server's socket. */
    static final String NBD = "nbd.sock";

    /** What QEMU says on its standard error. */
    static final String LOG_FILE = "qemu.log";

    private static final int SIGKILL = 9;
    private static final Duration DEATH = Duration.ofSeconds(20);
    private static final int LAST_WORDS_BYTES = 2000;

    private final Path directory;
    private final long pid;
    private final int pidfd;
    private final Freezer freezer;
    private boolean closed;

    private QemuProcess(Path directory, long pid, int pidfd, Freezer freezer) {
        this.directory = directory;
        this.pid = pid;
        this.pidfd = pidfd;
        this.freezer = freezer;
    }

    /**
     * Starts a process, its vCPUs stopped, and puts it into its control group.
     *
     * @throws HypervisorException when it cannot be started; nothing is left then
     */
    static QemuProcess start(Path directory, List<String> commandLine) {
        Freezer freezer = Freezer.of(directory);
        List<String> detached = new ArrayList<>(List.of("setsid"));
        detached.addAll(commandLine);
        Path log = directory.resolve(LOG_FILE);
        try {
            freezer.remove(); // of a process that died frozen
            for (String stale : List.of(PID_FILE, MONITOR, NBD, LOG_FILE)) {
                Files.deleteIfExists(directory.resolve(stale));
            }
            Process process =
                    new ProcessBuilder(detached)
                            .directory(directory.toFile())
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            int pidfd = Posix.pidfd(process.pid());
            QemuProcess made = new QemuProcess(directory, process.pid(), pidfd, freezer);
            try {
                freezer.take(process.pid());
                return made;
            } catch (HypervisorException e) {
                if (!made.alive()) {
                    return made; // It failed at once: its own words tell more.
                }
                made.kill();
                throw e;
            }
        } catch (IOException e) {
            throw new HypervisorException("QEMU cannot be started", e);
        }
    }

    /** The living process of the VM in this directory. */
    static Optional<QemuProcess> find(Path directory) {
        try {
            Optional<Long> pid = fromPidFile(directory);
            if (pid.isEmpty()) {
                pid = fromProc(directory);
            }
            if (pid.isEmpty()) {
                return Optional.empty();
            }
            int pidfd = Posix.pidfd(pid.get());
            if (pidfd < 0) {
                return Optional.empty();
            }
            QemuProcess found = new QemuProcess(directory, pid.get(), pidfd, Freezer.of(directory));
            if (found.alive() && isOurs(pid.get(), directory)) {
                return Optional.of(found);
            }
            found.close();
            return Optional.empty();
        } catch (IOException e) {
            throw new HypervisorException("The VM's process cannot be looked for", e);
        }
    }

    private static Optional<Long> fromPidFile(Path directory) throws IOException {
        Path file = directory.resolve(PID_FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file).strip();
        return text.matches("[1-9]\\d{0,9}") && isOurs(Long.parseLong(text), directory)
                ? Optional.of(Long.parseLong(text))
                : Optional.empty();
    }

    /** A process may have been started and its starter killed before the pid file was written. */
    private static Optional<Long> fromProc(Path directory) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : all) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (isOurs(pid, directory)) {
                    return Optional.of(pid);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOurs(long pid, Path directory) {
        try {
            byte[] raw = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            List<String> arguments =
                    List.of(new String(raw, StandardCharsets.UTF_8).split("\0", -1));
            int option = arguments.indexOf("-pidfile");
            return option >= 0
                    && option + 1 < arguments.size()
                    && arguments.get(option + 1).equals(directory.resolve(PID_FILE).toString());
        } catch (IOException _) {
            return false; // It ended meanwhile.
        }
    }

    long pid() {
        return pid;
    }

    /** False as soon as the process has exited, whether or not anybody has reaped it. */
    synchronized boolean alive() {
        return !closed && pidfd >= 0 && !Posix.readable(pidfd, 0);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** True when it is dead within this time. */
    boolean awaitDeath(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (alive()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(500_000);
        }
        return true;
    }

    Freezer freezer() {
        return freezer;
    }

    Path socket(String name) {
        return directory.resolve(name);
    }

    /**
     * Kills the process, frozen or not, sees it dead and removes what it left. Never throws; does
     * nothing after {@link #close}.
     */
    void kill() {
        if (isClosed()) {
            return;
        }
        if (alive()) {
            Posix.signal(pidfd, SIGKILL);
            if (freezer.frozen()) {
                thawQuietly(); // The signal is pending: the thawed process executes nothing more.
            }
            if (!awaitDeath(DEATH)) {
                LOG.error("QEMU {} does not die of SIGKILL; its host needs a look", pid);
            }
        }
        removeTraces(directory);
    }

    /** Removes what a dead process left: a group that stayed frozen would freeze the next one. */
    static void removeTraces(Path directory) {
        try {
            Freezer.of(directory).remove();
            for (String file : List.of(PID_FILE, MONITOR, NBD)) {
                Files.deleteIfExists(directory.resolve(file));
            }
        } catch (IOException | HypervisorException e) {
            LOG.warn("What the QEMU of {} left could not be removed", directory, e);
        }
    }

    private void thawQuietly() {
        try {
            freezer.thaw();
        } catch (HypervisorException e) {
            LOG.warn("QEMU {} could not be thawed to die", pid, e);
        }
    }

    /** The last lines of its standard error. */
    Optional<String> lastWords() {
        try {
            byte[] all = Files.readAllBytes(directory.resolve(LOG_FILE));
            int from = Math.max(0, all.length - LAST_WORDS_BYTES);
            String text = new String(all, from, all.length - from, StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        if (!closed && pidfd >= 0) {
            Posix.close(pidfd);
        }
        closed = true;
    }
}
