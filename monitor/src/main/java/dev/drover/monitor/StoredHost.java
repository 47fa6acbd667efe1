package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.HostCapacity;
import dev.drover.api.HostFacts;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A host of the cluster as the store keeps it: what its agent said last. */
record StoredHost(
        HostAddress address,
        HostFacts facts,
        Optional<HostCapacity> capacity,
        Map<String, String> labels) {
    /** Labels are sorted; what was stored before there were any has none. */
    StoredHost(
            HostAddress address,
            HostFacts facts,
            Optional<HostCapacity> capacity,
            @Nullable Map<String, String> labels) {
        this.address = address;
        this.facts = facts;
        this.capacity = capacity;
        this.labels = labels == null ? Map.of() : new TreeMap<>(labels);
    }
}
