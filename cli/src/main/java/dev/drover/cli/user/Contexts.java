package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.cli.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The clusters that a user knows, in one JSON file: {@code $DROVER_CONFIG}, else {@code
 * drover/contexts.json} in the user's configuration directory (XDG Base Directory Specification
 * 0.8: {@code $XDG_CONFIG_HOME}, else {@code ~/.config}).
 *
 * @param current the name of the one that is meant when none is named
 */
public record Contexts(Optional<String> current, SortedMap<String, Context> contexts) {
    /** None. */
    public static final Contexts NONE = new Contexts(Optional.empty(), new TreeMap<>());

    /** The user's file, whether it is there or not. */
    public static Path file(Map<String, String> environment) {
        String named = environment.getOrDefault("DROVER_CONFIG", "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path directory =
                config.startsWith("/")
                        ? Path.of(config)
                        : Path.of(System.getProperty("user.home"), ".config");
        return directory.resolve("drover").resolve("contexts.json");
    }

    /**
     * Reads a file; one that is not there knows no cluster.
     *
     * @throws BadInput when it is no such file
     */
    public static Contexts read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return NONE;
        }
        try {
            return Json.read(Files.readAllBytes(file), Contexts.class);
        } catch (IllegalArgumentException e) {
            throw new BadInput(
                    "%s does not list clusters: %s; mend it, or remove it and add them anew"
                            .formatted(file, e.getMessage()));
        }
    }

    /** Writes a file, whole or not at all; only its owner can read it. */
    public void write(Path file) throws IOException {
        Path there = file.toAbsolutePath();
        Files.createDirectories(there.getParent());
        Path fresh =
                Files.createTempFile(
                        there.getParent(),
                        "contexts",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                fresh,
                Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
        Files.move(fresh, there, StandardCopyOption.ATOMIC_MOVE);
    }

    /** With one more, or another in its place; the first one is the current one. */
    public Contexts with(String name, Context context) {
        SortedMap<String, Context> more = new TreeMap<>(contexts);
        more.put(name, context);
        return new Contexts(Optional.of(current.orElse(name)), more);
    }

    Contexts without(String name) {
        SortedMap<String, Context> fewer = new TreeMap<>(contexts);
        fewer.remove(name);
        return new Contexts(current.filter(c -> !c.equals(name)), fewer);
    }

    Contexts using(String name) {
        return new Contexts(Optional.of(name), contexts);
    }

    /**
     * The context of a name.
     *
     * @throws BadInput when there is none
     */
    Context named(String name) {
        Context context = contexts.get(name);
        if (context == null) {
            throw new BadInput(
                    contexts.isEmpty()
                            ? "There is no context '%s'; add it: drover context add %s --monitor ADDRESS:PORT --identity PATH"
                                    .formatted(name, name)
                            : "There is no context '%s'; there are: %s"
                                    .formatted(name, String.join(", ", contexts.keySet())));
        }
        return context;
    }
}
