package dev.drover.api.spec;

import java.util.HashMap;
import java.util.Map;

/** Values of which none may come twice. One thread. */
final class Distinct {
    private record First(String path, int line) {}

    private final String what;
    private final Map<Object, First> seen = new HashMap<>();

    /**
     * Values that are not seen yet.
     *
     * @param what they are, for a sentence: "disk"
     */
    Distinct(String what) {
        this.what = what;
    }

    /** As {@code reader}; a value that was read before is a fault. */
    <T> Value.Reader<T> of(Value.Reader<T> reader) {
        return value -> {
            T read = reader.read(value);
            if (read == null) {
                return null;
            }
            First first = seen.putIfAbsent(read, new First(value.path(), value.at().line()));
            return first == null
                    ? read
                    : value.fault(
                            "This "
                                    + what
                                    + " is given twice, first as "
                                    + first.path
                                    + " in line "
                                    + first.line,
                            "Write another one, or leave one of the two out");
        };
    }
}
