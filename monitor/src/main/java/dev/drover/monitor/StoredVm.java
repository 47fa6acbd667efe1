package dev.drover.monitor;

import dev.drover.api.Wanted;
import dev.drover.ports.VmSpec;

/** A VM as the store keeps it, beside its record. */
record StoredVm(VmSpec spec, Wanted wanted) {
    StoredVm wanting(Wanted other) {
        return new StoredVm(spec, other);
    }
}
