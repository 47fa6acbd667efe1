package dev.drover.api;

import dev.drover.ports.VmSpec;
import dev.drover.protocol.MovePlan;
import java.util.Optional;

/**
 * Everything a host needs to know of a move; every message of a move carries it, so that a host
 * that has forgotten the move can still obey.
 *
 * @param term of the monitor that leads; hosts refuse an older one
 * @param plan what was asked for
 * @param vm the configuration by which the target allocates
 * @param rest how the VM rests while it moves; empty when it runs
 * @param source where the first host answers
 * @param target where the second host answers
 * @param sourceFacts what the VM must find again on the target
 * @param fault a crash on purpose
 */
public record MoveOrder(
        long term,
        MovePlan plan,
        VmSpec vm,
        Optional<Rest> rest,
        HostAddress source,
        HostAddress target,
        HostFacts sourceFacts,
        Optional<Fault> fault) {
    /** As it is for the monitor of another term; a crash on purpose happens once. */
    public MoveOrder renewed(long newTerm) {
        return new MoveOrder(
                newTerm, plan, vm, rest, source, target, sourceFacts, Optional.empty());
    }
}
