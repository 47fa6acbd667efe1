package dev.drover.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the TLA+ model checker in a JVM of its own: TLC keeps its state in static fields, so that it
 * cannot run twice in one.
 */
final class Tlc {
    private static final Pattern DISTINCT_STATES = Pattern.compile("(\\d+) distinct states found");
    private static final Pattern VIOLATED =
            Pattern.compile("Error: (Invariant|Action property) (\\w+) is violated");

    private Tlc() {}

    /** What TLC printed. */
    record Result(String output) {
        boolean isClean() {
            return output.contains("Model checking completed. No error has been found.");
        }

        long distinctStates() {
            Matcher found = DISTINCT_STATES.matcher(output);
            long last = 0;
            while (found.find()) {
                last = Long.parseLong(found.group(1));
            }
            return last;
        }

        /**
         * The property that fell: an invariant or action property by its name, any temporal
         * property as "a temporal property"; "nothing" when none did.
         */
        String violated() {
            Matcher found = VIOLATED.matcher(output);
            if (found.find()) {
                return found.group(2);
            }
            return output.contains("Error: Temporal properties were violated.")
                    ? "a temporal property"
                    : "nothing";
        }
    }

    /** Checks {@code module} against {@code configuration}; all files are made in {@code empty}. */
    static Result check(Path empty, String module, String configuration)
            throws IOException, InterruptedException {
        Files.writeString(empty.resolve("Move.tla"), module);
        Files.writeString(empty.resolve("Move.cfg"), configuration);
        Path output = empty.resolve("output");
        Process tlc =
                new ProcessBuilder(command(empty))
                        .directory(empty.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            if (!tlc.waitFor(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("TLC did not end: " + Files.readString(output));
            }
        } finally {
            tlc.destroyForcibly();
        }
        return new Result(Files.readString(output));
    }

    private static List<String> command(Path directory) {
        String jar = tlc2.TLC.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // TLC unpacks its standard modules there.
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                jar,
                "tlc2.TLC",
                "-nowarning",
                "-workers",
                "2",
                "-metadir",
                directory.resolve("states").toString(),
                "-config",
                "Move.cfg",
                "Move.tla");
    }
}
