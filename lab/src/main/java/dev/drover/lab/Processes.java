package dev.drover.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Processes known by the network namespace that they are in, whoever started them. */
public final class Processes {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(1);

    private Processes() {}

    /**
     * The processes in a namespace, this one left out.
     *
     * @param identity the namespace's inode, {@link Namespace#identity}
     */
    public static List<ProcessHandle> in(long identity) {
        String link = "net:[" + identity + "]";
        long self = ProcessHandle.current().pid();
        // allProcesses() notes the start time first, so that a reused id is not mistaken below.
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != self && link.equals(netOf(process.pid())))
                .toList();
    }

    /**
     * Kills every process in the namespaces, also frozen ones and those that are started meanwhile,
     * and returns when they are seen dead.
     *
     * @return how many were killed
     * @throws LabException when one does not die
     */
    public static int killAll(Collection<Long> identities) {
        int killed = 0;
        long end = System.nanoTime() + LIMIT.toNanos();
        List<ProcessHandle> found = find(identities);
        while (!found.isEmpty()) {
            found.forEach(ProcessHandle::destroyForcibly);
            // A frozen process of cgroup v1 takes the signal only once it is thawed.
            found.forEach(process -> Freezer.thaw(process.pid()));
            found.forEach(Processes::awaitEnd);
            killed += found.size();
            found = find(identities);
            if (!found.isEmpty() && System.nanoTime() > end) {
                throw new LabException(
                        "Something outside keeps starting processes in the lab, lately "
                                + found.getFirst().info());
            }
        }
        return killed;
    }

    /** Returns when the process has entered the namespace, or has ended. */
    static void awaitInside(Process process, Namespace namespace) {
        String link = "net:[" + namespace.identity().orElse(0) + "]";
        long end = System.nanoTime() + LIMIT.toNanos();
        while (process.isAlive() && !link.equals(netOf(process.pid()))) {
            if (System.nanoTime() > end) {
                process.destroyForcibly();
                throw new LabException("A process did not enter " + namespace.name() + " in time");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static List<ProcessHandle> find(Collection<Long> identities) {
        return identities.stream().flatMap(identity -> in(identity).stream()).toList();
    }

    private static void awaitEnd(ProcessHandle process) {
        CompletableFuture<ProcessHandle> end = process.onExit();
        try {
            end.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new LabException(
                    "Process " + process.pid() + " does not die; look at its state with ps", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("Interrupted while a process was ended", e);
        }
    }

    private static String netOf(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")).toString();
        } catch (IOException _) {
            return "";
        }
    }
}
