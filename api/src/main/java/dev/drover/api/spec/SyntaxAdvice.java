package dev.drover.api.spec;

import java.util.List;

/**
 * What to do about a syntax error, by words of the YAML reader's message.
 *
 * @param words of the message
 * @param remedy what to do
 */
record SyntaxAdvice(String words, String remedy) {
    private static final List<SyntaxAdvice> ALL =
            List.of(
                    new SyntaxAdvice("TAB", "Indent with spaces"),
                    new SyntaxAdvice(
                            "mapping values are not allowed",
                            "Put a text that has a colon in quotes, or check the indentation"),
                    new SyntaxAdvice("unexpected end of stream", "Close the quotes"),
                    new SyntaxAdvice("expected ',' or ']'", "Close the list with ]"),
                    new SyntaxAdvice("expected ',' or '}'", "Close the mapping with }"),
                    new SyntaxAdvice("property name", "Write a plain word before the colon"),
                    new SyntaxAdvice(
                            "cannot start any token", "Put a text that begins so in quotes"),
                    new SyntaxAdvice("nesting depth", "Write fewer levels"),
                    new SyntaxAdvice("Token count", "Write fewer values"),
                    new SyntaxAdvice(
                            "expected <block end>",
                            "Indent the fields of one mapping, and the items of one list, alike"),
                    new SyntaxAdvice(
                            "could not find expected ':'",
                            "Write a colon and a space after the name"));

    static String on(String problem) {
        return ALL.stream()
                .filter(advice -> problem.contains(advice.words))
                .map(SyntaxAdvice::remedy)
                .findFirst()
                .orElse("Check the indentation, colons and quotes here and in the line before");
    }
}
