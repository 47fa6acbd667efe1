package dev.drover.api.rest;

import java.time.Instant;
import java.util.Optional;

/**
 * Something has changed.
 *
 * @param type the label of an {@link EventType}
 * @param time of the change, by the monitor's clock
 * @param move as it is now, in an event of a move
 * @param vm as it is now, in an event of a VM
 * @param host as it is now, in an event of a host
 */
public record EventView(
        String type,
        Instant time,
        Optional<MoveView> move,
        Optional<VmView> vm,
        Optional<HostView> host) {
    /** Of nothing but the stream itself. */
    public static EventView of(EventType type) {
        return of(type, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static EventView of(EventType type, MoveView move) {
        return of(type, Optional.of(move), Optional.empty(), Optional.empty());
    }

    public static EventView of(EventType type, VmView vm) {
        return of(type, Optional.empty(), Optional.of(vm), Optional.empty());
    }

    public static EventView of(EventType type, HostView host) {
        return of(type, Optional.empty(), Optional.empty(), Optional.of(host));
    }

    private static EventView of(
            EventType type, Optional<MoveView> move, Optional<VmView> vm, Optional<HostView> host) {
        return new EventView(type.label(), Instant.now(), move, vm, host);
    }
}
