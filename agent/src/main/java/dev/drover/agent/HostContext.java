package dev.drover.agent;

import dev.drover.api.HostFacts;
import dev.drover.api.tls.Identity;
import dev.drover.ports.Hypervisor;

/**
 * What both sides of a move use of this host.
 *
 * @param settings what the agent was told
 * @param identity by which it is known to others
 * @param journal of its VMs
 * @param hypervisor that makes guests
 * @param network of this host
 * @param allocations makes and removes what a VM needs
 * @param monitor where messages for the cluster monitor go
 */
record HostContext(
        HostSettings settings,
        Identity identity,
        VmJournal journal,
        Hypervisor hypervisor,
        Network network,
        Allocations allocations,
        ToMonitor monitor) {
    /** What VMs find on this host, by way of {@code bridge}. */
    HostFacts facts(String bridge) {
        Hypervisor.Info info = hypervisor.info();
        return new HostFacts(
                info.version(), info.accelerator(), info.machine(), network.mtu(bridge));
    }

    /** Writes the journal, then changes the VM's standing. */
    void persist(LocalVm vm, Standing standing) {
        journal.persist(standing);
        vm.stand(standing);
    }
}
