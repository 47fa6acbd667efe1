package dev.drover.protocol;

import java.util.Objects;

/**
 * What was asked for: fixed for the life of a move.
 *
 * @param id of the move, unique for ever
 * @param vm its name
 * @param source the host that is active when the move begins
 * @param target the host that shall be
 * @param epoch of the record when the move begins; the commit raises it by one
 * @param verify whether both volumes are compared after the commit
 */
public record MovePlan(
        String id, String vm, String source, String target, long epoch, boolean verify) {
    public MovePlan {
        Objects.requireNonNull(id);
        Objects.requireNonNull(vm);
        if (source.equals(target)) {
            throw new IllegalArgumentException(
                    "A move needs two hosts, not '" + source + "' twice");
        }
    }

    /** The record before the commit. */
    public Active before() {
        return new Active(source, epoch);
    }

    /** The record that the commit writes. */
    public Active committed() {
        return new Active(target, epoch + 1);
    }

    /** The record that an abort must win before the source may run on. */
    public Active aborted() {
        return new Active(source, epoch + 1);
    }

    /** The record that a target which never ran the guest gives the VM back with. */
    public Active votedBack() {
        return new Active(source, epoch + 2);
    }
}
