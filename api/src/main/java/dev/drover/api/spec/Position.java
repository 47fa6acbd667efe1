package dev.drover.api.spec;

/**
 * A place in the text.
 *
 * @param line from 1
 * @param column from 1, in Unicode characters
 */
record Position(int line, int column) {
    static final Position START = new Position(1, 1);
}
