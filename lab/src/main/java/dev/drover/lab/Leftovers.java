package dev.drover.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Removes what the journal of a state directory names. The caller holds the directory's lock. */
final class Leftovers {
    private final Path stateDirectory;

    Leftovers(Path stateDirectory) {
        this.stateDirectory = stateDirectory.toAbsolutePath();
    }

    static Path journal(Path stateDirectory) {
        return stateDirectory.resolve("lab.journal");
    }

    static Path logs(Path stateDirectory) {
        return stateDirectory.resolve("logs");
    }

    /** Returns what was removed, in plain words. */
    List<String> remove() {
        Path journal = journal(stateDirectory);
        if (!Files.exists(journal)) {
            return List.of();
        }
        try {
            LabJournal.Contents contents = LabJournal.read(journal);
            List<Namespace> ours = ours(contents);
            var removed = new ArrayList<String>();
            int killed =
                    Processes.killAll(ours.stream().map(n -> n.identity().orElseThrow()).toList());
            if (killed > 0) {
                removed.add(killed + (killed == 1 ? " process" : " processes"));
            }
            for (Namespace namespace : ours) {
                namespace.delete();
                removed.add("namespace " + namespace.name());
            }
            for (Path directory : contents.directories()) {
                if (deleteTree(directory)) {
                    removed.add(directory.toString());
                }
            }
            Files.delete(journal);
            return removed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of these that exists and that {@link #remove} would leave, since it is not ours. */
    Optional<Namespace> foreign(List<Namespace> wanted) {
        Path journal = journal(stateDirectory);
        try {
            List<Namespace> ours =
                    Files.exists(journal) ? ours(LabJournal.read(journal)) : List.of();
            return wanted.stream()
                    .filter(Namespace::exists)
                    .filter(namespace -> !ours.contains(namespace))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that exist and are the very ones that the journal's writer made. */
    private static List<Namespace> ours(LabJournal.Contents contents) {
        return contents.namespaces().entrySet().stream()
                .filter(entry -> isOurs(new Namespace(entry.getKey()), entry.getValue()))
                .map(entry -> new Namespace(entry.getKey()))
                .toList();
    }

    private static boolean isOurs(Namespace namespace, OptionalLong made) {
        OptionalLong now = namespace.identity();
        return now.isPresent() && (made.isEmpty() || made.equals(now));
    }

    void forgetLogs() throws IOException {
        deleteTree(logs(stateDirectory));
    }

    private boolean deleteTree(Path root) throws IOException {
        if (!root.startsWith(stateDirectory)) {
            throw new LabException(
                    "The lab's journal names " + root + ", outside " + stateDirectory);
        }
        if (!Files.exists(root)) {
            return false;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
        return true;
    }
}
