package dev.drover.api.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Readers of several values. */
final class Lists {
    private Lists() {}

    /** A list. */
    static <T> Value.Reader<List<T>> of(Range count, String what, Value.Reader<T> reader) {
        return value -> {
            if (!(value.located() instanceof Located.Sequence(_, List<Located> items))) {
                return value.expected(
                        "a list of " + what, "Write each on its own line, after a hyphen");
            }
            List<T> read = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                T item = reader.read(value.item(i, items.get(i)));
                if (item != null) {
                    read.add(item);
                }
            }
            boolean fits = fits(value, count, items.size(), what);
            return fits && read.size() == items.size() ? read : null;
        };
    }

    /** A mapping of the user's own keys to short texts. */
    static Value.Reader<Map<String, String>> labels(String what) {
        return value -> {
            if (!(value.located() instanceof Located.Mapping mapping)) {
                return value.expected(what, "Write each on its own line, as key: value");
            }
            Value.Reader<String> reader = Scalars.text(Naming.LABEL_VALUE);
            Map<String, String> labels = new LinkedHashMap<>();
            for (Located.Entry entry : Fields.distinct(value, mapping).values()) {
                if (!Naming.LABEL.has(entry.name())) {
                    value.findings()
                            .fault(
                                    entry.at(),
                                    value.pathOf(entry.name()),
                                    Quote.of(entry.name()) + " is no " + Naming.LABEL.what(),
                                    "Write " + Naming.LABEL.rule());
                }
                String label = reader.read(value.field(entry));
                if (label != null) {
                    labels.put(entry.name(), label);
                }
            }
            return fits(value, VmDeclaration.LABELS, labels.size(), what) ? labels : null;
        };
    }

    private static boolean fits(Value value, Range count, int size, String what) {
        if (!count.has(size)) {
            value.fault(
                    "There are " + size + " " + what, "Write at most " + count.most() + " of them");
        }
        return count.has(size);
    }
}
