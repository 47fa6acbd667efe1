package dev.drover.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Hosts, a switch, a client and a monitor's place, made out of network namespaces. One process at a
 * time owns the state directory; its lock falls when the process ends, however it ends.
 *
 * <p>Thread-safe after {@link #create}. {@link #close} kills every process in the lab.
 */
public final class Lab implements AutoCloseable {
    private final Layout layout;
    private final Path stateDirectory;
    private final StateLock lock;

    private Lab(Layout layout, Path stateDirectory, StateLock lock) {
        this.layout = layout;
        this.stateDirectory = stateDirectory;
        this.lock = lock;
    }

    /**
     * Removes what an earlier run in the same state directory left, then makes a lab.
     *
     * @throws LabException when not root, when the state directory is in use by a live run, or when
     *     a namespace of a needed name is somebody else's; nothing is left then
     */
    public static Lab create(Layout layout, Path stateDirectory) {
        requireRoot();
        StateLock lock = StateLock.take(stateDirectory);
        try {
            var leftovers = new Leftovers(stateDirectory);
            leftovers.remove();
            refuseForeign(layout, leftovers);
            leftovers.forgetLogs();
            var lab = new Lab(layout, stateDirectory.toAbsolutePath(), lock);
            try {
                lab.build();
            } catch (IOException | RuntimeException e) {
                leftovers.remove();
                throw e;
            }
            return lab;
        } catch (IOException e) {
            lock.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Throws {@link LabException} when {@link #create} would now; changes nothing. */
    public static void check(Layout layout, Path stateDirectory) {
        requireRoot();
        if (StateLock.isThere(stateDirectory)) {
            StateLock.take(stateDirectory).close();
        }
        refuseForeign(layout, new Leftovers(stateDirectory));
    }

    /**
     * Removes what an earlier run in this state directory left: processes, namespaces with all that
     * is in them, files. Harmless when there is nothing.
     *
     * @return what was removed, in plain words; empty when there was nothing
     * @throws LabException when the run is still alive
     */
    public static List<String> removeLeftovers(Path stateDirectory) {
        if (!Files.isDirectory(stateDirectory)) {
            return List.of();
        }
        try (StateLock _ = StateLock.take(stateDirectory)) {
            return new Leftovers(stateDirectory).remove();
        }
    }

    /** Throws {@link LabException} when this is not root. */
    public static void requireRoot() {
        try {
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                throw new LabException(
                        "Network namespaces can be made by root only; run this as root (sudo)");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void refuseForeign(Layout layout, Leftovers leftovers) {
        leftovers
                .foreign(layout.namespaces())
                .ifPresent(namespace -> {
                    throw new LabException(
                            ("A network namespace '%1$s' exists that this lab did not make. End the other"
                                            + " run, or, if nobody needs it, remove it: ip netns delete %1$s")
                                    .formatted(namespace.name()));
                });
    }

    private void build() throws IOException {
        try (LabJournal journal = LabJournal.begin(Leftovers.journal(stateDirectory))) {
            for (Namespace namespace : layout.namespaces()) {
                journal.namespace(namespace.name());
                namespace.add();
                journal.made(namespace.name(), namespace.identity().orElseThrow());
            }
            for (Host host : everyone()) {
                journal.directory(host.directory());
                Files.createDirectories(host.directory());
                Files.createDirectories(host.logs());
            }
        }
        new Wiring(layout).connect();
    }

    /** Who is where. */
    public Layout layout() {
        return layout;
    }

    /** The hosts, {@code h1} first. */
    public List<Host> hosts() {
        return layout.numbers().stream().map(this::host).toList();
    }

    /** A host by its number, from 1. */
    public Host host(int number) {
        return machine(
                Layout.hostName(number), layout.host(number), Layout.managementAddress(number));
    }

    /** Where the monitor runs. */
    public Host monitor() {
        return machine("mon", layout.monitor(), Layout.MONITOR_ADDRESS);
    }

    /** Where the client runs. */
    public Host client() {
        return machine("client", layout.client(), Layout.CLIENT_ADDRESS);
    }

    /** Everything of this lab lies below it. */
    public Path stateDirectory() {
        return stateDirectory;
    }

    /** Where all output goes; kept after {@link #close}, begun anew by the next {@link #create}. */
    public Path logs() {
        return Leftovers.logs(stateDirectory);
    }

    private Host machine(String name, Namespace namespace, String address) {
        return new Host(name, namespace, address, stateDirectory.resolve(name), logs());
    }

    private List<Host> everyone() {
        var all = new ArrayList<>(hosts());
        all.add(monitor());
        all.add(client());
        return all;
    }

    /** Makes every bridge forget where it saw which address. */
    public void forgetLearned() {
        layout.networkSwitch().ip("link set data type bridge fdb_flush\n");
        hosts().forEach(host -> host.namespace().ip("link set vmbr0 type bridge fdb_flush\n"));
    }

    /** Leaves all as it is, to the next {@link #create} or {@link #removeLeftovers}. */
    public synchronized void leave() {
        lock.close();
    }

    /** Kills every process in the lab and removes all of it but the {@link #logs}. Idempotent. */
    @Override
    public synchronized void close() {
        if (lock.isHeld()) {
            try (lock) {
                new Leftovers(stateDirectory).remove();
            }
        }
    }
}
