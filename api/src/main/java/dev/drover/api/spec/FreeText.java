package dev.drover.api.spec;

/** The rule for texts that Drover only hands on. */
final class FreeText {
    /** So that it fits the smallest data source of cloud-init that takes any text. */
    static final Range LENGTH = Range.of(1, 65536);

    static final String RULE =
            LENGTH.least() + " to " + LENGTH.most() + " characters, no control characters";

    static final char BYTE_ORDER_MARK = 0xFEFF;

    private FreeText() {}

    static boolean has(String text) {
        return LENGTH.has(text.length()) && text.codePoints().allMatch(FreeText::isAllowed);
    }

    /**
     * What YAML calls printable (section 5.1 of YAML 1.2.2), but no next line (U+0085) and no byte
     * order mark: readers of YAML drop or change these.
     */
    static boolean isAllowed(int character) {
        return character == '\t'
                || character == '\n'
                || character == '\r'
                || (character >= ' ' && character <= '~')
                || (character >= 0xA0 && character < Character.MIN_SURROGATE)
                || (character > Character.MAX_SURROGATE
                        && character < 0xFFFE
                        && character != FreeText.BYTE_ORDER_MARK)
                || character > 0xFFFF;
    }

    static void check(String text) {
        if (!has(text)) {
            throw new IllegalArgumentException(
                    "A text for cloud-init has " + RULE + ", not " + text.length());
        }
    }
}
