package dev.drover.api.rest;

import java.util.List;
import java.util.Optional;

/**
 * How far a host is with being rid of its VMs.
 *
 * @param total VMs that the host had when it began
 * @param done of them, those whose outcome is known
 * @param move the id of the move under way
 * @param vms in the order in which they are dealt with
 */
public record EvacuationView(
        String id,
        String host,
        Stage stage,
        int total,
        int done,
        Optional<String> move,
        List<Vm> vms) {
    /** Where it stands. */
    public enum Stage {
        /** VMs are being moved. */
        RUNNING,
        /** The outcome of every VM is known. */
        ENDED,
        /** It was cancelled before that. */
        CANCELLED
    }

    /** What becomes of a VM. */
    public enum Outcome {
        /** It has not been dealt with. */
        WAITING,
        /** It is being moved. */
        MOVING,
        /** It is elsewhere. */
        MOVED,
        /** No other host took it; it is where it was. */
        FAILED,
        /** It is not on the host any more, by nothing that was done here. */
        GONE
    }

    /**
     * A VM of the host.
     *
     * @param target where it was moved to, or is being
     * @param why each host that was tried did not take it
     */
    public record Vm(String name, Outcome outcome, Optional<String> target, List<String> why) {}
}
