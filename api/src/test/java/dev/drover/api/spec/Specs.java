package dev.drover.api.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Texts for tests, and what is said about them. */
final class Specs {
    /** The least there can be; further fields may follow, from line 4. */
    static final String MINIMAL =
            """
            name: web-1
            cores: 2
            memory: 2GiB
            """;

    private static final Path REFERENCE = Path.of("../docs/vm-specification.md");

    private Specs() {}

    /** The text of docs/vm-specification.md. */
    static String reference() {
        try {
            return Files.readString(REFERENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The full example of the reference. */
    static String example() {
        String reference = reference();
        int begin = reference.indexOf("```yaml\n") + "```yaml\n".length();
        return reference.substring(begin, reference.indexOf("```", begin));
    }

    /** The declaration of a text without a fault. */
    static VmDeclaration valid(String text) {
        return switch (SpecReader.read(text)) {
            case Parsed.Valid(VmDeclaration declaration, _) -> declaration;
            case Parsed.Faulty(List<Finding> findings) ->
                    throw new AssertionError(findings + " in " + text);
        };
    }

    /** What is told about a text, faulty or not. */
    static List<String> told(String text) {
        return told(SpecReader.read(text));
    }

    static List<String> told(Parsed parsed) {
        return findings(parsed).stream().map(Finding::toString).toList();
    }

    static List<Finding> findings(Parsed parsed) {
        return switch (parsed) {
            case Parsed.Valid(_, List<Finding> warnings) -> warnings;
            case Parsed.Faulty(List<Finding> findings) -> findings;
        };
    }
}
