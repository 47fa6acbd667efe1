package dev.drover.protocol;

/**
 * The phases of a move, in order: the table of contents of Drover.
 *
 * <pre>{@code
 * INSTANTIATE -> SNAPSHOT -> PULL -> PRECOPY          the guest runs on the source
 *   -> HOLD -> DRAIN                                  its packets are held
 *   -> STOP -> LAST_ROUND -> LAST_MEMORY -> VOTE      it is paused
 *   -> COMMIT                                         the record changes hands
 *   -> RESUME                                         it runs on the target
 *   -> DELIVER -> [VERIFY] -> RELEASE                 held packets first; the source lets go
 *
 * INSTANTIATE .. VOTE -> ABORT -> ROLL_BACK           the source wins a new epoch, and runs on
 * ABORT -> RESUME                                     it lost: the commit had taken effect
 * COMMIT -> ROLL_BACK                                 the commit lost: the source had won
 * RESUME -> VOTE_BACK -> ROLL_BACK                    the target proved that it never ran the guest
 * }</pre>
 *
 * <p>The monitor's engine drives the move; from HOLD to VOTE the source's agent does, so that the
 * pause costs one round trip to the monitor.
 */
public enum Phase {
    /** The target allocates by the source's configuration: volume, tap, gate, a waiting QEMU. */
    INSTANTIATE(Role.MONITOR),
    /** The source takes a point-in-time snapshot with a dirty bitmap and offers it as an image. */
    SNAPSHOT(Role.MONITOR),
    /** The target mounts the image and pulls it into its volume. */
    PULL(Role.MONITOR),
    /** Differential updates and memory travel while the guest runs, until what is left is small. */
    PRECOPY(Role.MONITOR),
    /** The source's gate captures the packets intended for the VM, and passes each on at once. */
    HOLD(Role.SOURCE),
    /** The guest takes the packets that were let through before. */
    DRAIN(Role.SOURCE),
    /** The source's agent stops the guest: the pause begins. */
    STOP(Role.SOURCE),
    /** The last differential update is written and synced on the target; memory flows beside it. */
    LAST_ROUND(Role.SOURCE),
    /** The rest of the memory and the devices' state; the target has loaded all of it. */
    LAST_MEMORY(Role.SOURCE),
    /** Both sides are fenced and in agreement, and say so durably. */
    VOTE(Role.SOURCE),
    /** The monitor names the target active, by compare-and-set: the commit point. */
    COMMIT(Role.MONITOR),
    /** The target lets the guest run: the pause ends. */
    RESUME(Role.MONITOR),
    /** The held packets are delivered in order, then the target's gate opens. */
    DELIVER(Role.MONITOR),
    /** Both volumes are compared as of the commit, the guest running. */
    VERIFY(Role.MONITOR),
    /** The source's allocation is removed. */
    RELEASE(Role.MONITOR),
    /** The source wins the record anew; nobody can commit this move any more. */
    ABORT(Role.MONITOR),
    /** The target gives the record back to the source. */
    VOTE_BACK(Role.MONITOR),
    /**
     * The guest runs on at the source with the packets held so far; the target's allocation goes.
     */
    ROLL_BACK(Role.MONITOR);

    private final Role driver;

    Phase(Role driver) {
        this.driver = driver;
    }

    /** Whose engine drives this phase. */
    public Role driver() {
        return driver;
    }

    /** The phase after this one, of those that the source drives. */
    Phase nextInPause() {
        return switch (this) {
            case HOLD -> DRAIN;
            case DRAIN -> STOP;
            case STOP -> LAST_ROUND;
            case LAST_ROUND -> LAST_MEMORY;
            case LAST_MEMORY -> VOTE;
            case INSTANTIATE,
                    SNAPSHOT,
                    PULL,
                    PRECOPY,
                    VOTE,
                    COMMIT,
                    RESUME,
                    DELIVER,
                    VERIFY,
                    RELEASE,
                    ABORT,
                    VOTE_BACK,
                    ROLL_BACK ->
                    throw new IllegalStateException("No phase of the pause follows " + this);
        };
    }

    /** True while an abort still leads back to the source. */
    public boolean beforeCommit() {
        return compareTo(COMMIT) < 0;
    }
}
