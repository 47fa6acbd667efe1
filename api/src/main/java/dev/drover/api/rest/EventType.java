package dev.drover.api.rest;

import java.util.Locale;

/** What an event tells. */
public enum EventType {
    /** The stream has begun: whatever changes from now on is told. */
    HELLO,
    MOVE_BEGAN,
    /** A move entered another phase, of those that the monitor drives, or HOLD. */
    MOVE_PHASE,
    /** A move got on within its phase. */
    MOVE_PROGRESS,
    MOVE_ENDED,
    VM_CREATED,
    /** A VM is gone; told is how it was last. */
    VM_DESTROYED,
    /** Something else is wanted of a VM. */
    VM_WANTED,
    /** A VM's record names another host or a higher epoch. */
    VM_RECORD,
    HOST_CONNECTED,
    HOST_DISCONNECTED,
    /** A connected host was cordoned, or is so no more. */
    HOST_CORDON,
    /** The stream ends, and something was not told: read anew, and watch again. */
    LOST;

    /** As it is called in a stream: {@code move-began}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
