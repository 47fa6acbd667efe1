package dev.drover.store;

import dev.drover.protocol.Active;

/** What became of a compare-and-set. */
public sealed interface CasOutcome {
    /** It took effect, and is on stable storage of a quorum. */
    record Won() implements CasOutcome {}

    /** It did not, and never will; the record is {@code now}. */
    record Lost(Active now) implements CasOutcome {}

    /** The answer was lost: it may have taken effect, or still do so. */
    record Unknown(String why) implements CasOutcome {}
}
