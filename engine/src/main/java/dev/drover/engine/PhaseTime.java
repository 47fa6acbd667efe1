package dev.drover.engine;

import dev.drover.protocol.Phase;

/**
 * How long a phase took.
 *
 * @param name of the phase
 * @param tookMs in milliseconds, by the monotonic clock of the process that drove it; where the
 *     lead changed meanwhile, from its begin to its end by the clocks of day of both monitors
 */
public record PhaseTime(Phase name, double tookMs) {}
