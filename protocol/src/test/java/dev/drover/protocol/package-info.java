/** Explores the move completely: {@link dev.drover.protocol.MoveExplorationTest} is the entry. */
@NullMarked
package dev.drover.protocol;

import org.jspecify.annotations.NullMarked;
