package dev.drover.api.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Readers of single values. */
final class Scalars {
    private Scalars() {}

    /** A name or another short text. */
    static Value.Reader<String> text(Naming naming) {
        return value -> {
            String text = text(value, naming.what(), naming.rule());
            return text == null || naming.has(text)
                    ? text
                    : value.fault(
                            Quote.of(text) + " is no " + naming.what(), "Write " + naming.rule());
        };
    }

    /** As {@link #text(Naming)}, of which the letters' case does not matter. */
    static Value.Reader<String> lowerCase(Naming naming) {
        Value.Reader<String> reader = text(naming);
        return value ->
                reader.read(
                        value.located() instanceof Located.Scalar(var at, var type, var text)
                                ? new Value(
                                        value.findings(),
                                        value.path(),
                                        new Located.Scalar(at, type, text.toLowerCase(Locale.ROOT)))
                                : value);
    }

    /** A text that is only handed on. */
    static Value.Reader<String> freeText() {
        return value -> {
            String text = text(value, "a text", FreeText.RULE);
            return text == null || FreeText.has(text)
                    ? text
                    : value.fault(
                            "This text of "
                                    + text.length()
                                    + " characters is too long, or has control characters",
                            "Write " + FreeText.RULE);
        };
    }

    private static @Nullable String text(Value value, String what, String rule) {
        if (!(value.located() instanceof Located.Scalar(_, Located.Type type, String text))) {
            return value.located() instanceof Located.Mapping
                    ? value.expected(what, "Write a text; several lines begin with | on the first")
                    : value.expected(what, "Write " + rule);
        }
        return switch (type) {
            case TEXT -> text;
            case NUMBER, TRUTH ->
                    value.expected(
                            "a text", "Write \"" + Quote.plain(text, 40) + "\", with the quotes");
            case NOTHING -> value.expected(what, "Write " + rule);
        };
    }

    /** A count. */
    static Value.Reader<Integer> whole(Range range) {
        String remedy = "Write " + range.rule();
        return value -> {
            if (!(value.located() instanceof Located.Scalar(_, Located.Type type, String text))
                    || type != Located.Type.NUMBER) {
                return value.expected("a whole number", remedy);
            }
            if (!text.matches("-?[0-9]+")) {
                return value.fault(Quote.plain(text, 40) + " is no whole number", remedy);
            }
            boolean fits = text.length() <= 18 && range.has(Long.parseLong(text));
            return fits
                    ? Integer.valueOf(text)
                    : value.fault(Quote.plain(text, 40) + " is out of range", remedy);
        };
    }

    /** A size: a number is in bytes, a text has a unit. */
    static Value.Reader<Size> size(Range range) {
        String example = "Write a whole number with its unit, such as 512MiB or 20GiB";
        return value -> {
            if (!(value.located() instanceof Located.Scalar(_, Located.Type type, String text))
                    || (type != Located.Type.NUMBER && type != Located.Type.TEXT)) {
                return value.expected("a size", example);
            }
            Optional<Size> size = Size.parse(text);
            if (size.isEmpty()) {
                return text.matches("-?[0-9]+")
                        ? value.fault(
                                Quote.plain(text, 40) + " is out of range",
                                "Write " + range.sizeRule())
                        : value.fault(Quote.of(text) + " is no size", likely(text).orElse(example));
            }
            return range.has(size.get().bytes())
                    ? size.get()
                    : value.fault(
                            Quote.plain(text, 40)
                                    + (type == Located.Type.NUMBER ? " bytes are" : " is")
                                    + " out of range",
                            "Write " + range.sizeRule());
        };
    }

    /** For units as others write them: 512M, 2 gb, 10GIB. */
    private static Optional<String> likely(String text) {
        if (!text.matches("[0-9]{1,15} ?[kmgtKMGT][iI]?[bB]?")) {
            return Optional.empty();
        }
        String digits = text.replaceFirst(" ?[A-Za-z]+", "");
        String unit = text.replaceFirst("[0-9]+ ?", "").substring(0, 1).toUpperCase(Locale.ROOT);
        return Optional.of("Write " + digits + unit + "iB");
    }

    /** True or false. */
    static Value.Reader<Boolean> truth() {
        return value -> {
            if (value.located() instanceof Located.Scalar(_, Located.Type type, String text)
                    && type == Located.Type.TRUTH) {
                return Boolean.valueOf(text);
            }
            return value.expected("true or false", "Write true or false, without quotes");
        };
    }

    /** One of a few words. */
    static <E> Value.Reader<E> oneOf(E[] values, Function<E, String> label) {
        String words = Arrays.stream(values).map(label).collect(Collectors.joining(" or "));
        return value -> {
            if (!(value.located() instanceof Located.Scalar(_, Located.Type type, String text))
                    || type == Located.Type.NOTHING) {
                return value.expected(words, "Write " + words);
            }
            return Arrays.stream(values)
                    .filter(v -> label.apply(v).equals(text))
                    .findFirst()
                    .orElseGet(() ->
                            value.fault(Quote.of(text) + " is not known here", "Write " + words));
        };
    }
}
