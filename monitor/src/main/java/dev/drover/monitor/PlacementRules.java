package dev.drover.monitor;

import dev.drover.engine.HostFailure;
import java.util.Collection;
import java.util.Map;

/** Where VMs may be by what their users declared. Any thread. */
record PlacementRules(Inventory inventory, Hosts hosts) {
    /** A host may not have a VM; another may. */
    static final class Broken extends HostFailure {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    /**
     * Throws {@link Broken} that says why a host may not have a VM.
     *
     * @param onTheWay VMs that are being moved to that host, or from it and may come back
     */
    void check(StoredVm vm, String host, Collection<String> onTheWay) {
        Map<String, String> has = hosts.labels(host);
        vm.placement()
                .hostLabels()
                .forEach((key, value) -> {
                    if (!value.equals(has.get(key))) {
                        throw new Broken(
                                "VM %s needs a host with the label %s=%s, and host %s has %s; use another host, or start its agent with --label %s=%s"
                                        .formatted(vm.name(), key, value, host, has, key, value));
                    }
                });
        if (!vm.placement().keepApart().isEmpty()) {
            inventory.all().stream()
                    .filter(other -> !other.name().equals(vm.name()))
                    .filter(other ->
                            other.active().host().equals(host) || onTheWay.contains(other.name()))
                    .forEach(other -> checkApart(vm, other.stored(), host));
        }
    }

    private static void checkApart(StoredVm vm, StoredVm other, String host) {
        vm.placement().keepApart().stream()
                .filter(other.placement().keepApart()::contains)
                .findFirst()
                .ifPresent(group -> {
                    throw new Broken(
                            "VM %s is to be kept apart from VM %s (group %s), which is on host %s, or on its way to or from it; use another host"
                                    .formatted(vm.name(), other.name(), group, host));
                });
    }
}
