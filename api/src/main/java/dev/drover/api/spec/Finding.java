package dev.drover.api.spec;

/**
 * Something to tell about a place in a specification.
 *
 * @param kind how bad it is
 * @param line from 1
 * @param column from 1, in Unicode characters
 * @param path the field, such as {@code disks[1].size}; empty for the text as a whole
 * @param problem what is wrong, a sentence without its full stop
 * @param remedy what to write instead, a sentence without its full stop
 */
public record Finding(Kind kind, int line, int column, String path, String problem, String remedy) {
    /** How bad it is. */
    public enum Kind {
        /** The text cannot be used. */
        FAULT,
        /** The VM can run, but never be moved live. */
        CANNOT_MOVE,
        /** The VM can run, but this is hardly what was meant. */
        ADVICE
    }

    /** Throws {@link IllegalArgumentException} when line or column is below 1. */
    public Finding {
        if (line < 1 || column < 1) {
            throw new IllegalArgumentException(
                    "Lines and columns count from 1, not " + line + ":" + column);
        }
    }

    /** For people: {@code line 4, column 9: disks[0].size: What is wrong. What to write.} */
    @Override
    public String toString() {
        String field = path.isEmpty() ? "" : path + ": ";
        return "line " + line + ", column " + column + ": " + field + problem + ". " + remedy + ".";
    }
}
