package dev.drover.api.spec;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one mapping. Whoever declares what it reads asks for each field once; what was not
 * asked for is unknown, and told so.
 */
final class Fields {
    private final Value value;
    private final Map<String, Located.Entry> entries;
    private final Set<String> known = new LinkedHashSet<>();

    private Fields(Value value, Located.Mapping mapping) {
        this.value = value;
        this.entries = distinct(value, mapping);
    }

    /**
     * A reader of mappings.
     *
     * @param what the mapping is, for a sentence: "a disk"
     * @param declaration asks for all fields, and answers how to make the result out of them, which
     *     is done only when there was no fault in any
     */
    static <T> Value.Reader<T> mapping(String what, Function<Fields, Supplier<T>> declaration) {
        return value -> {
            if (!(value.located() instanceof Located.Mapping mapping)) {
                return value.expected(
                        "the fields of " + what, "Write the fields of " + what + " as name: value");
            }
            int faults = value.findings().faults();
            Fields fields = new Fields(value, mapping);
            Supplier<T> result = declaration.apply(fields);
            fields.tellUnknown();
            return value.findings().faults() == faults ? result.get() : null;
        };
    }

    /** The entries by name; a name that comes again is a fault. */
    static Map<String, Located.Entry> distinct(Value value, Located.Mapping mapping) {
        Map<String, Located.Entry> entries = new LinkedHashMap<>();
        for (Located.Entry entry : mapping.entries()) {
            Located.Entry first = entries.putIfAbsent(entry.name(), entry);
            if (first != null) {
                value.findings()
                        .fault(
                                entry.at(),
                                value.pathOf(entry.name()),
                                "This field is given twice, first in line " + first.at().line(),
                                "Leave one of the two out");
            }
        }
        return entries;
    }

    /** A field that must be there. */
    <T> Field<T> required(String name, Value.Reader<T> reader, String remedy) {
        return find(name)
                .map(entry -> read(entry, reader))
                .orElseGet(() -> {
                    Field<T> missing = absent(name, null);
                    value.findings()
                            .fault(
                                    missing.at(),
                                    missing.path(),
                                    "The field " + Quote.of(name) + " is missing",
                                    remedy);
                    return missing;
                });
    }

    /** A field that may be left out. */
    <T> Field<T> or(String name, T preset, Value.Reader<T> reader) {
        return find(name).map(entry -> read(entry, reader)).orElseGet(() -> absent(name, preset));
    }

    /** A field that may be left out, and has no default. */
    <T> Field<Optional<T>> optional(String name, Value.Reader<T> reader) {
        return or(
                name,
                Optional.empty(),
                field -> {
                    T read = reader.read(field);
                    return read == null ? null : Optional.of(read);
                });
    }

    /** Whether the text has the field, faulty or not. */
    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** The mapping itself. */
    Value value() {
        return value;
    }

    private Optional<Located.Entry> find(String name) {
        known.add(name);
        return Optional.ofNullable(entries.get(name));
    }

    private <T> Field<T> read(Located.Entry entry, Value.Reader<T> reader) {
        Value field = value.field(entry);
        return new Field<>(field.at(), field.path(), reader.read(field));
    }

    private <T> Field<T> absent(String name, @Nullable T preset) {
        return new Field<>(value.at(), value.pathOf(name), preset);
    }

    private void tellUnknown() {
        for (Located.Entry entry : entries.values()) {
            if (!known.contains(entry.name())) {
                String remedy =
                        Nearest.to(entry.name(), known)
                                .map(near -> "Write " + near)
                                .orElse("Known here: " + String.join(", ", List.copyOf(known)));
                value.findings()
                        .fault(
                                entry.at(),
                                value.pathOf(entry.name()),
                                "There is no field " + Quote.of(entry.name()) + " here",
                                remedy);
            }
        }
    }
}
