package dev.drover.monitor;

import dev.drover.api.rest.Loss.LostVm;
import java.util.List;
import java.util.stream.Stream;

/** What was lost with a host, as the store keeps it: the VMs whose records were raised so far. */
record StoredLoss(List<LostVm> vms) {
    static final StoredLoss NONE = new StoredLoss(List.of());

    /** Whether this record of a VM is what its loss left. */
    boolean has(LostVm vm) {
        return vms.contains(vm);
    }

    /** With a VM, in place of what was said of it. */
    StoredLoss with(LostVm vm) {
        return new StoredLoss(
                Stream.concat(vms.stream().filter(v -> !v.name().equals(vm.name())), Stream.of(vm))
                        .toList());
    }
}
