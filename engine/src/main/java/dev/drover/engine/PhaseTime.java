package dev.drover.engine;

import dev.drover.protocol.Phase;

/**
 * How long a phase took.
 *
 * @param name of the phase
 * @param tookMs in milliseconds, by the monotonic clock of the process that drove it
 */
public record PhaseTime(Phase name, double tookMs) {}
