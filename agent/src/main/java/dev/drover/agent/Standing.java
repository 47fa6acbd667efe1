package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.api.Rest;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a VM is to this host, as its journal says. Written before the world is changed, so that a
 * restarted agent knows what it may find.
 */
sealed interface Standing {
    /** The VM's specification. */
    VmSpec vm();

    /**
     * It is being made here, and has not run.
     *
     * @param images directory that its files are taken from, and go back to when it is given up;
     *     empty when they are made here
     */
    record Making(VmSpec vm, long epoch, Optional<Path> images) implements Standing {}

    /**
     * It runs here.
     *
     * @param epoch of the record that names this host
     * @param lastMove the move that ended with this standing, so that a late message of it is known
     */
    record Running(VmSpec vm, long epoch, Optional<String> lastMove) implements Standing {}

    /**
     * It does not run, and has no hypervisor process; this host keeps it.
     *
     * @param epoch of the record that names this host
     */
    record Resting(VmSpec vm, long epoch, Rest rest) implements Standing {}

    /**
     * This host is the first of a move.
     *
     * @param voted what was measured, once this side has voted: it is fenced then, and runs the
     *     guest again only by an order that won the record
     */
    record Source(MoveOrder order, Optional<SourceFigures> voted) implements Standing {
        @Override
        public VmSpec vm() {
            return order.vm();
        }
    }

    /**
     * This host is the second of a move.
     *
     * @param figures what was measured so far
     */
    record Target(MoveOrder order, Stage stage, TargetFigures figures) implements Standing {
        @Override
        public VmSpec vm() {
            return order.vm();
        }
    }

    /**
     * It is being removed.
     *
     * @param kept its volume, when that is to stay on this host for a time
     */
    record Leaving(VmSpec vm, Optional<KeptVolumes.Kept> kept) implements Standing {}

    /** How far the second host of a move is. */
    enum Stage {
        /** Not whole; may be thrown away at any time. */
        RECEIVING,
        /** Whole and durable; waits for the record. */
        VOTED,
        /** The record names this host; a command to run was, or may have been, sent. */
        RESUMING
    }
}
