package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.HostCapacity;
import dev.drover.api.HostFacts;
import java.util.Optional;

/** A host of the cluster as the store keeps it: what its agent said last. */
record StoredHost(HostAddress address, HostFacts facts, Optional<HostCapacity> capacity) {}
