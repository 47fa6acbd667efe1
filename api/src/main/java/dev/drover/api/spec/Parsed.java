package dev.drover.api.spec;

import java.util.List;

/** What became of a text. */
public sealed interface Parsed {
    /**
     * It can be used.
     *
     * @param declaration what it says
     * @param warnings what is worth telling about it, none of kind {@link Finding.Kind#FAULT}, in
     *     the order of the text
     */
    record Valid(VmDeclaration declaration, List<Finding> warnings) implements Parsed {
        public Valid {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * It cannot be used.
     *
     * @param findings at least one of kind {@link Finding.Kind#FAULT}, in the order of the text;
     *     all there are, but after a hundred the rest is only counted
     */
    record Faulty(List<Finding> findings) implements Parsed {
        public Faulty {
            findings = List.copyOf(findings);
            if (findings.stream().noneMatch(f -> f.kind() == Finding.Kind.FAULT)) {
                throw new IllegalArgumentException("A text without a fault is not faulty");
            }
        }
    }
}
