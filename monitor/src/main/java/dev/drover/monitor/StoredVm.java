package dev.drover.monitor;

import dev.drover.api.Wanted;
import dev.drover.api.spec.VmDeclaration;
import dev.drover.api.spec.VmDeclaration.Placement;
import dev.drover.ports.VmSpec;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A VM as the store keeps it, beside its record. */
record StoredVm(VmSpec spec, Wanted wanted, Map<String, String> tags, Placement placement) {
    /** Tags are sorted; what was stored before there were any has none, and may be anywhere. */
    StoredVm(
            VmSpec spec,
            Wanted wanted,
            @Nullable Map<String, String> tags,
            @Nullable Placement placement) {
        this.spec = spec;
        this.wanted = wanted;
        this.tags = tags == null ? Map.of() : new TreeMap<>(tags);
        this.placement = placement == null ? Placement.ANYWHERE : placement;
    }

    /** Without tags, and anywhere. */
    static StoredVm plain(VmSpec spec, Wanted wanted) {
        return new StoredVm(spec, wanted, Map.of(), Placement.ANYWHERE);
    }

    /** One that is to be made, and to run. */
    static StoredVm declared(VmDeclaration declared, VmSpec spec) {
        return new StoredVm(spec, Wanted.RUNNING, declared.tags(), declared.placement());
    }

    String name() {
        return spec.name();
    }

    StoredVm wanting(Wanted other) {
        return new StoredVm(spec, other, tags, placement);
    }

    /** As a host would make it. */
    StoredVm fitted(VmSpec fit) {
        return new StoredVm(fit, wanted, tags, placement);
    }
}
