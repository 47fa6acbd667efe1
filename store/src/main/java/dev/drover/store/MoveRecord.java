package dev.drover.store;

/**
 * What is remembered of a move.
 *
 * @param id of the move: letters, digits, dots, hyphens and underscores
 * @param state text of the caller's, at most 900 KiB in UTF-8
 */
public record MoveRecord(String id, String state) {}
