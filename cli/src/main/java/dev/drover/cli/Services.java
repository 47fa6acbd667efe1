package dev.drover.cli;

import dev.drover.lab.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

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
                    "-XX:-UsePerfData", // a file in /tmp that a kill would leave
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private static final long SHORT_LIFE_NANOS = 2_000_000_000L;

    private final Map<String, Process> running = new ConcurrentHashMap<>();
    private final Map<String, List<String>> commands = new ConcurrentHashMap<>();
    private final Set<String> down = ConcurrentHashMap.newKeySet();
    private final LiveNotes notes;
    private final Learning learning;
    private volatile boolean closing;
    private volatile boolean keeping;

    /** Takes notes that the person should see. */
    interface LiveNotes {
        void note(String line);
    }

    Services(LiveNotes notes, Learning learning) {
        this.notes = notes;
        this.learning = learning;
    }

    /** Starts {@code drover serve KIND WORDS...} on a machine of the lab. */
    void start(Host machine, String role, String kind, List<String> words) {
        String name = machine.name() + role;
        // Libraries are unpacked there, and a kill would leave them.
        List<String> temporary = List.of("-Djava.io.tmpdir=" + temporary(machine));
        List<String> use = joined(temporary, learning.use(name));
        List<String> learn = learning.learn(name);
        commands.put(name, command(use, kind, words));
        Optional<Process> started =
                start(
                        machine,
                        role,
                        command(learn.isEmpty() ? use : joined(temporary, learn), kind, words));
        if (!learn.isEmpty()) {
            started.ifPresent(process -> learning.begun(name, process));
        }
    }

    private static Path temporary(Host machine) {
        try {
            return Files.createDirectories(machine.directory().resolve("tmp"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> joined(List<String> first, List<String> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    private static List<String> command(List<String> options, String kind, List<String> words) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(JAVA);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("serve", kind));
        command.addAll(words);
        return List.copyOf(command);
    }

    /** Kills one, as a crash would, and does not start it again before {@link #up}. */
    synchronized void down(Host machine, String role) throws InterruptedException {
        String name = machine.name() + role;
        down.add(name);
        Objects.requireNonNull(running.get(name)).destroyForcibly().waitFor();
    }

    /** Starts one again that is {@link #down}. */
    synchronized void up(Host machine, String role) {
        down.remove(machine.name() + role);
        startAgain(machine, role);
    }

    /** A move went well: what the JVMs have learnt till the end is worth keeping. */
    void keepWhatIsLearnt() {
        keeping = true;
    }

    /** Ends all of them, for good. */
    @Override
    public void close() {
        closing = true;
        running.values().stream()
                .filter(process -> !keeping || !learning.isPupil(process))
                .forEach(Process::destroyForcibly);
        if (keeping && learning.isUnderWay()) {
            notes.note("Keeping what was learnt, for faster starts");
            learning.keep();
        }
    }

    /** They run on when this process ends; nobody starts them again then. */
    void leave() {
        closing = true;
    }

    private void startAgain(Host machine, String role) {
        String name = machine.name() + role;
        var _ = start(machine, role, Objects.requireNonNull(commands.get(name)));
    }

    private synchronized Optional<Process> start(Host machine, String role, List<String> command) {
        if (closing) {
            return Optional.empty();
        }
        Process process = machine.start(role, command);
        running.put(machine.name() + role, process);
        long began = System.nanoTime();
        var _ =
                process.onExit()
                        .thenAccept(ended -> {
                            boolean lived = System.nanoTime() - began > SHORT_LIFE_NANOS;
                            ended(machine, role, ended, lived);
                        });
        return Optional.of(process);
    }

    /** One that ends at once would only end again: its log says why. */
    private synchronized void ended(Host machine, String role, Process process, boolean lived) {
        String name = machine.name() + role;
        boolean isNow = process.equals(running.get(name)); // else it was started again already
        if (isNow && !closing && !down.contains(name)) {
            String what =
                    "  The %s of %s ended (%d); "
                            .formatted(role, machine.name(), process.exitValue());
            notes.note(what + (lived ? "starting it again" : "see " + machine.log(role)));
            if (lived) {
                startAgain(machine, role);
            }
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
