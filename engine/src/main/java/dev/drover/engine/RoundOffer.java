package dev.drover.engine;

/**
 * A differential update that the source offers.
 *
 * @param number 1 for the first
 * @param dirtyBytes how many bytes it has; the target must have written exactly as many
 * @param export the name under which the source serves it
 * @param bitmap the metadata context that tells its blocks
 */
public record RoundOffer(int number, long dirtyBytes, String export, String bitmap) {}
