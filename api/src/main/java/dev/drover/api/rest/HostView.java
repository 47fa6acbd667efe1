package dev.drover.api.rest;

/**
 * A host of the cluster.
 *
 * @param connected whether its agent is connected to the leader now
 * @param mtu of its bridge, bytes
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
        boolean cordoned,
        boolean lost) {}
