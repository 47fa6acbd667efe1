package dev.drover.api.spec;

import java.util.Set;

/** A user's text in a message: short, on one line, and nothing in it that a terminal obeys. */
final class Quote {
    private static final int MOST_CHARACTERS = 40;

    private static final Set<Byte> HIDDEN =
            Set.of(
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED);

    private Quote() {}

    static String of(String text) {
        return "'" + plain(text, MOST_CHARACTERS) + "'";
    }

    /** The first characters of a text, each control character as a question mark. */
    static String plain(String text, int most) {
        StringBuilder plain = new StringBuilder();
        text.codePoints()
                .limit(most)
                .map(c -> isShown(c) ? c : '?')
                .forEach(plain::appendCodePoint);
        return text.codePointCount(0, text.length()) > most ? plain + "..." : plain.toString();
    }

    private static boolean isShown(int character) {
        return !HIDDEN.contains((byte) Character.getType(character));
    }
}
