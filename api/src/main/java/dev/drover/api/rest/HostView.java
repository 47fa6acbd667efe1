package dev.drover.api.rest;

import dev.drover.api.HostCapacity;
import java.util.Map;
import java.util.Optional;

/**
 * A host of the cluster.
 *
 * @param connected whether its agent is connected to the leader now
 * @param mtu of its bridge, bytes
 * @param capacity what it has for VMs in all, once its agent has said so
 * @param labels that its operator gave it, sorted by key
 * @param cordoned whether it takes neither new VMs nor moves
 * @param lost whether it was declared lost, and may never take part again
 */
public record HostView(
        String name,
        String address,
        int port,
        boolean connected,
        String hypervisor,
        String accelerator,
        String machine,
        int mtu,
        Optional<HostCapacity> capacity,
        Map<String, String> labels,
        boolean cordoned,
        boolean lost) {}
