package dev.drover.agent;

import dev.drover.api.HostFacts;
import dev.drover.api.tls.Identity;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Hypervisor;
import java.io.IOException;

/**
 * What both sides of a move use of this host.
 *
 * @param settings what the agent was told
 * @param identity by which it is known to others
 * @param journal of its VMs
 * @param hypervisor that makes guests
 * @param network of this host
 * @param allocations makes and removes what a VM needs
 * @param images that new VMs can begin as copies of
 * @param monitor where messages for the cluster monitor go
 */
record HostContext(
        HostSettings settings,
        Identity identity,
        VmJournal journal,
        Hypervisor hypervisor,
        Network network,
        Allocations allocations,
        BaseImages images,
        ToMonitor monitor) {
    /** What VMs find on this host, by way of {@code bridge}. */
    HostFacts facts(String bridge) {
        Hypervisor.Info info = hypervisor.info();
        return new HostFacts(
                info.version(), info.accelerator(), info.machine(), network.mtu(bridge));
    }

    /** Boots a VM whose process is dead, or shall be, from its disk; also after the host's boot. */
    void bootAnew(LocalVm vm) {
        allocations.kill(vm);
        try {
            allocations.make(vm.spec());
        } catch (IOException e) {
            throw new HostFailure("VM " + vm.spec().name() + " could not be booted anew", e);
        }
        vm.guest(hypervisor.boot(vm.spec(), vm.allocation()));
    }

    /** Writes the journal, then changes the VM's standing. */
    void persist(LocalVm vm, Standing standing) {
        journal.persist(standing);
        vm.stand(standing);
    }
}
