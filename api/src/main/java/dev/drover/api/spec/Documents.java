package dev.drover.api.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * The documents of a text, as trees. JSON is read as the YAML it is. Takes any text, and time and
 * memory in proportion to at most {@link #MOST_CHARACTERS}: a reference is not followed, and what
 * lies too deep is passed over.
 *
 * @param trees of the documents before the first syntax error, empty documents left out
 * @param fault where reading ended, if that was before the end
 */
record Documents(List<Located> trees, Optional<Finding> fault) {
    static final int MOST_CHARACTERS = 256 * 1024;

    /** Twice what a specification needs. */
    static final int MOST_DEPTH = 10;

    /** Ten times what a specification needs: a value is 1 to 3 tokens. */
    static final int MOST_TOKENS = 10_000;

    private static final YAMLFactory YAML =
            YAMLFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                    .build();

    Documents {
        trees = List.copyOf(trees);
    }

    static Documents of(String text) {
        Optional<Finding> unfit = unfit(text);
        return unfit.isPresent() ? new Documents(List.of(), unfit) : read(text);
    }

    private static Documents read(String text) {
        List<Located> trees = new ArrayList<>();
        try (JsonParser parser = YAML.createParser(ObjectReadContext.empty(), text)) {
            Optional<Finding> fault = Optional.empty();
            try {
                read(parser, trees);
            } catch (JacksonException e) {
                fault = Optional.of(fault(e, position(parser.currentTokenLocation())));
            }
            return new Documents(trees, fault);
        }
    }

    private static void read(JsonParser parser, List<Located> trees) {
        while (parser.nextToken() != null) {
            Located tree = tree(parser, 0);
            boolean isEmpty =
                    tree instanceof Located.Scalar scalar && scalar.type() == Located.Type.NOTHING;
            if (!isEmpty) {
                trees.add(tree);
            }
        }
    }

    private static Located tree(JsonParser parser, int depth) {
        Position at = position(parser.currentTokenLocation());
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            return new Located.Refused(
                    at,
                    "A reference (*) to another place is not allowed",
                    "Write the value itself");
        }
        JsonToken token = parser.currentToken();
        if (token.isStructStart() && depth == MOST_DEPTH) {
            parser.skipChildren();
            return new Located.Refused(
                    at, "This is nested too deeply", "Write at most " + MOST_DEPTH + " levels");
        }
        return switch (token) {
            case START_OBJECT -> mapping(parser, at, depth);
            case START_ARRAY -> sequence(parser, at, depth);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> scalar(parser, at, Located.Type.NUMBER);
            case VALUE_TRUE, VALUE_FALSE -> scalar(parser, at, Located.Type.TRUTH);
            case VALUE_NULL -> scalar(parser, at, Located.Type.NOTHING);
            case VALUE_STRING -> scalar(parser, at, Located.Type.TEXT);
            case VALUE_EMBEDDED_OBJECT ->
                    new Located.Refused(
                            at, "Binary data is not allowed", "Write the value as text");
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE ->
                    throw new IllegalStateException("The parser gave " + token + " for a value");
        };
    }

    private static Located mapping(JsonParser parser, Position at, int depth) {
        List<Located.Entry> entries = new ArrayList<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            Position nameAt = position(parser.currentTokenLocation());
            String name = parser.currentName();
            parser.nextToken();
            entries.add(new Located.Entry(nameAt, name, tree(parser, depth + 1)));
        }
        return new Located.Mapping(at, entries);
    }

    private static Located sequence(JsonParser parser, Position at, int depth) {
        List<Located> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(tree(parser, depth + 1));
        }
        return new Located.Sequence(at, items);
    }

    private static Located scalar(JsonParser parser, Position at, Located.Type type) {
        return new Located.Scalar(at, type, parser.getString());
    }

    /** What the YAML reader must not even see, or tells without its place. */
    private static Optional<Finding> unfit(String text) {
        if (text.length() > MOST_CHARACTERS) {
            return Optional.of(
                    fault(
                            Position.START,
                            "The text has " + text.length() + " characters",
                            "Write at most " + MOST_CHARACTERS));
        }
        int line = 1;
        int column = 1;
        int begin = text.indexOf(FreeText.BYTE_ORDER_MARK) == 0 ? 1 : 0;
        for (int i = begin; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int character = text.codePointAt(i);
            if (!FreeText.isAllowed(character)) {
                return Optional.of(
                        fault(
                                new Position(line, column),
                                "The character U+%04X is not allowed".formatted(character),
                                "Leave it out, or check that the file is text in UTF-8"));
            }
            boolean endsLine =
                    character == '\n' || (character == '\r' && !text.startsWith("\n", i + 1));
            line += endsLine ? 1 : 0;
            column = endsLine ? 1 : column + 1;
        }
        return Optional.empty();
    }

    private static Finding fault(JacksonException e, Position last) {
        if (e instanceof StreamConstraintsException) {
            String limit = e.getOriginalMessage().replaceFirst(", from [^)]*\\(\\)`", "");
            return fault(last, limit, SyntaxAdvice.on(limit));
        }
        if (e.getCause() instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            var mark = marked.getProblemMark().get();
            return syntax(
                    new Position(mark.getLine() + 1, mark.getColumn() + 1), marked.getProblem());
        }
        TokenStreamLocation at = e.getLocation();
        return syntax(at == null ? last : position(at), e.getOriginalMessage());
    }

    private static Finding syntax(Position at, String problem) {
        return fault(at, "This is no YAML: " + Quote.plain(problem, 200), SyntaxAdvice.on(problem));
    }

    private static Finding fault(Position at, String problem, String remedy) {
        return new Finding(Finding.Kind.FAULT, at.line(), at.column(), "", problem, remedy);
    }

    /** A location that the parser does not know is 0 or -1. */
    private static Position position(TokenStreamLocation at) {
        return new Position(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
    }
}
