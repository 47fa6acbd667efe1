package dev.drover.monitor;

import dev.drover.engine.PhaseTime;
import java.time.Instant;
import java.util.List;

/**
 * How a move's times are stored, with its state and never by a write of their own; by the clock of
 * the monitor that led.
 *
 * @param began the move
 * @param since when it stands in its phase; of a move that has ended, when it ended
 * @param phases of the monitor that are over; each ends when the next state is about to be stored
 */
record MoveTimes(Instant began, Instant since, List<PhaseTime> phases) {}
