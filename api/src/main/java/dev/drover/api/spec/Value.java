package dev.drover.api.spec;

import org.jspecify.annotations.Nullable;

/**
 * A value to be read, where it is, and where to tell what is wrong with it.
 *
 * @param findings takes what is found
 * @param path of the value, such as {@code disks[1].size}
 * @param located the value
 */
record Value(Findings findings, String path, Located located) {
    /** Reads a value; what is wrong with it becomes a fault, and the answer null. */
    @FunctionalInterface
    interface Reader<T> {
        @Nullable T read(Value value);
    }

    Position at() {
        return located.at();
    }

    /** Tells that it is wrong; returns null, for a reader to return. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // Always null, which is of any type.
    <T> @Nullable T fault(String problem, String remedy) {
        findings.fault(at(), path, problem, remedy);
        return null;
    }

    /** Tells that it is of the wrong type, or none at all. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // Always null, which is of any type.
    <T> @Nullable T expected(String what, String remedy) {
        return switch (located) {
            case Located.Refused(_, String problem, String instead) -> fault(problem, instead);
            case Located.Scalar(_, Located.Type type, _) when type == Located.Type.NOTHING ->
                    fault("There is no value", remedy + ", or leave the field out");
            case Located.Scalar _, Located.Sequence _, Located.Mapping _ ->
                    fault("Expected " + what + ", not " + located.described(), remedy);
        };
    }

    /** The item of a list. */
    Value item(int index, Located item) {
        return new Value(findings, path + "[" + index + "]", item);
    }

    /** A field of a mapping. */
    Value field(Located.Entry entry) {
        return new Value(findings, pathOf(entry.name()), entry.value());
    }

    /** The path of a field; a name that would make it doubtful is quoted. */
    String pathOf(String name) {
        String step = name.matches("[A-Za-z0-9_/-]{1,63}") ? name : Quote.of(name);
        return path.isEmpty() ? step : path + "." + step;
    }
}
