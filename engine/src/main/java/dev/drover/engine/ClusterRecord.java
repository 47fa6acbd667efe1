package dev.drover.engine;

import dev.drover.protocol.Active;
import dev.drover.protocol.State;

/**
 * The cluster monitor's record of a VM, and its journal of moves. For as long as a move of a VM is
 * not over, nothing but that move changes the VM's record.
 */
public interface ClusterRecord extends MoveJournal {
    /**
     * Changes the record of {@code vm} from {@code expected} to {@code next}, and in the same
     * transaction persists {@code ifWon}, the state that winning leads to. Whatever is thrown
     * counts as {@link CasOutcome.Unknown}: it is sent again.
     */
    CasOutcome compareAndSet(String vm, Active expected, Active next, State ifWon);

    /** Proves by a write that this monitor has a quorum; throws {@link HostFailure} if not. */
    void proveQuorum();

    /** What became of a compare-and-set. */
    sealed interface CasOutcome {
        /** It took effect. */
        record Won() implements CasOutcome {}

        /**
         * This sending of it did not take effect, and never will. The record was read as {@code
         * now}; that may be an old reading, and an earlier sending may have been won.
         */
        record Lost(Active now) implements CasOutcome {}

        /** The answer was lost. */
        record Unknown(String why) implements CasOutcome {}
    }
}
