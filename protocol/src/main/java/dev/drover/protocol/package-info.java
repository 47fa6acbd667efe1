/**
 * The move as a pure state machine. Read {@link dev.drover.protocol.Phase} (what happens, in
 * order), {@link dev.drover.protocol.State} (what is known meanwhile), then {@link
 * dev.drover.protocol.Move#step} (what comes next). Nothing else in Drover decides what comes next.
 *
 * <p>No I/O, clock, thread or random number is used here. The tests explore every reachable state.
 */
@NullMarked
package dev.drover.protocol;

import org.jspecify.annotations.NullMarked;
