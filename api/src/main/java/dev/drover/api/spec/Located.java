package dev.drover.api.spec;

import java.util.List;

/** A piece of a text that was read as YAML, and where it begins. */
sealed interface Located {
    Position at();

    /** What it is, for a sentence: "the text 'x'". */
    String described();

    /** A single value. */
    record Scalar(Position at, Type type, String text) implements Located {
        @Override
        public String described() {
            return switch (type) {
                case TEXT -> "the text " + Quote.of(text);
                case NUMBER -> "the number " + Quote.plain(text, 40);
                case TRUTH -> text;
                case NOTHING -> "nothing";
            };
        }
    }

    /** What the text of a scalar stands for. */
    enum Type {
        TEXT,
        NUMBER,
        TRUTH,
        NOTHING
    }

    /** A list. */
    record Sequence(Position at, List<Located> items) implements Located {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String described() {
            return "a list";
        }
    }

    /** Names with values, in the order of the text; a name may come twice. */
    record Mapping(Position at, List<Entry> entries) implements Located {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String described() {
            return "a mapping";
        }
    }

    /** One name of a mapping with its value; {@code at} is that of the name. */
    record Entry(Position at, String name, Located value) {}

    /** What YAML allows and a specification does not. */
    record Refused(Position at, String problem, String remedy) implements Located {
        @Override
        public String described() {
            return problem;
        }
    }
}
