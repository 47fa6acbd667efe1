package dev.drover.cli;

import dev.drover.lab.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The cluster's processes, each a JVM of its own in its namespace and in a session of its own, so
 * that a terminal's Ctrl-C does not reach it. Those that die are started again, as a service
 * manager would. Thread-safe.
 */
final class Services implements AutoCloseable {
    /**
     * All compilers: only the last one knows the processor's AES, and all bulk data is encrypted.
     */
    private static final List<String> JAVA =
            List.of(
                    "-XX:+UseSerialGC",
                    "-Xmx512m",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private static final long SHORT_LIFE_NANOS = 2_000_000_000L;

    private final Map<String, Process> running = new ConcurrentHashMap<>();
    private final LiveNotes notes;
    private volatile boolean closing;

    /** Takes notes that the person should see. */
    interface LiveNotes {
        void note(String line);
    }

    Services(LiveNotes notes) {
        this.notes = notes;
    }

    /** Starts {@code drover WORDS...} on a machine of the lab. */
    void start(Host machine, String role, String... words) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(JAVA);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        start(machine, role, List.copyOf(command));
    }

    /** Ends all of them, for good. */
    @Override
    public void close() {
        closing = true;
        running.values().forEach(Process::destroyForcibly);
    }

    private synchronized void start(Host machine, String role, List<String> command) {
        if (closing) {
            return;
        }
        Process process = machine.start(role, command);
        running.put(machine.name() + role, process);
        long began = System.nanoTime();
        var _ =
                process.onExit()
                        .thenAccept(ended -> {
                            boolean lived = System.nanoTime() - began > SHORT_LIFE_NANOS;
                            ended(machine, role, command, ended.exitValue(), lived);
                        });
    }

    /** One that ends at once would only end again: its log says why. */
    private void ended(Host machine, String role, List<String> command, int status, boolean lived) {
        if (!closing) {
            String what = "  The " + role + " of " + machine.name() + " ended (" + status + "); ";
            notes.note(what + (lived ? "starting it again" : "see " + machine.log(role)));
            if (lived) {
                start(machine, role, command);
            }
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
