package dev.drover.api;

import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the cluster monitor can be told; the name of the record is the verb on the wire. */
public sealed interface MonitorMessage {
    /**
     * A host's agent is there.
     *
     * @param address where it answers
     * @param facts what its VMs find
     * @param capacity what it has for them; older agents do not say
     * @param labels that its operator gave it; older agents have none
     * @param images SHA-256 of each base image that it has; older agents have none
     * @param vms what it has
     */
    record Hello(
            HostAddress address,
            HostFacts facts,
            Optional<HostCapacity> capacity,
            @Nullable Map<String, String> labels,
            @Nullable List<String> images,
            List<Holding> vms)
            implements MonitorMessage {}

    /**
     * A VM that a host has something of.
     *
     * @param vm its name
     * @param condition what it is on this host
     * @param part its part in a move, if it has one
     */
    record Holding(String vm, Condition condition, Optional<Part> part) {}

    /** What a VM is on a host. */
    enum Condition {
        /** Its guest runs. */
        RUNS,
        /** Its guest has been stopped, and can go on. */
        PAUSED,
        /** Its guest shut itself down, or panicked. */
        ENDED,
        /** It has no process, though it ran when this host last knew. */
        GONE,
        /** It was shut down. */
        STOPPED,
        /** Its memory is on the host's disk. */
        ASLEEP,
        /** It is being made, moved or removed, or nobody can say: it is left alone. */
        UNCLEAR
    }

    /**
     * A host's part in a move.
     *
     * @param role source or target
     * @param order of the move
     */
    record Part(Role role, MoveOrder order) {}

    /** How far a move is, as one of its hosts sees it; told a few times a second. */
    record Report(String move, Progress progress) implements MonitorMessage {}

    /** A VM's vCPUs stopped, or its QEMU died, unasked. */
    record Surprise(String vm, String move, String why) implements MonitorMessage {}

    /** A user wants a new VM; its files lie in a directory of that host. */
    record CreateVm(VmSpec vm, String host, String imageDirectory) implements MonitorMessage {}

    /** A user wants a VM gone. */
    record DestroyVm(String vm) implements MonitorMessage {}

    /** A user wants a VM to run; the answer is a {@link VmMessage.Woken}. */
    record WakeVm(String vm) implements MonitorMessage {}

    /** A user wants a VM's memory saved, and its guest not to run. */
    record SleepVm(String vm) implements MonitorMessage {}

    /**
     * A user wants a VM shut down.
     *
     * @param patienceMillis time for the guest to do it by itself; 0: its power is cut
     */
    record StopVm(String vm, long patienceMillis) implements MonitorMessage {}

    /** A user wants to know who runs a VM. */
    record AskActive(String vm) implements MonitorMessage {}

    /** A user wants to know which hosts are connected. */
    record AskHosts() implements MonitorMessage {}

    /** A user wants a VM moved; the answer is the move's id. */
    record StartMove(String vm, String target, boolean verify, Optional<Fault> fault)
            implements MonitorMessage {}

    /** A user wants a move undone. */
    record CancelMove(String move, String why) implements MonitorMessage {}

    /** A user wants to know how a move is going; the answer is a {@link MoveStatus}. */
    record AskMove(String move) implements MonitorMessage {}

    /** Somebody who takes part in a move is to crash now; only where faults are allowed. */
    record Strike(String move, Fault.Victim victim) implements MonitorMessage {}

    /** The answer to {@link AskActive}. */
    record ActiveAnswer(VmSpec vm, Active active, Wanted wanted) {}

    /** The answer to {@link AskHosts}. */
    record HostsAnswer(List<HostAddress> hosts) {}

    /** The answer to {@link StartMove}. */
    record MoveStarted(String move) {}
}
