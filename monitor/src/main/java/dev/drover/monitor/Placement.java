package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.protocol.Active;
import dev.drover.store.ClusterStore;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Which VMs are where, and where one may go. What is said here may be old when it is heard. */
record Placement(ClusterStore store, Inventory inventory, Hosts hosts) {
    /** The VMs whose records name this host, by name. */
    List<String> vmsOf(String host) {
        return inventory.all().stream()
                .filter(vm -> vm.active().host().equals(host))
                .map(Inventory.Vm::name)
                .toList();
    }

    /** Whether a VM's record names this host. */
    boolean has(String host, String vm) {
        return store.active(vm).map(Active::host).filter(host::equals).isPresent();
    }

    /** Where a VM may go, these apart: the host with the fewest VMs that {@code mayBe}. */
    Optional<String> emptiest(Set<String> apart, Predicate<String> mayBe) {
        return emptiestFirst().stream().filter(h -> !apart.contains(h)).filter(mayBe).findFirst();
    }

    /** The hosts that take VMs, the one with the fewest first. */
    List<String> emptiestFirst() {
        List<String> candidates =
                hosts.connected().stream()
                        .map(HostAddress::name)
                        .filter(h -> !hosts.isCordoned(h) && !hosts.isLost(h))
                        .toList();
        Map<String, Integer> counts = new HashMap<>();
        inventory.all().forEach(vm -> counts.merge(vm.active().host(), 1, Integer::sum));
        return emptiestFirst(candidates, counts);
    }

    /** The one with the fewest VMs first; among equals by name. */
    static List<String> emptiestFirst(Collection<String> candidates, Map<String, Integer> vms) {
        return candidates.stream()
                .sorted(
                        Comparator.<String>comparingInt(h -> vms.getOrDefault(h, 0))
                                .thenComparing(Comparator.naturalOrder()))
                .toList();
    }
}
