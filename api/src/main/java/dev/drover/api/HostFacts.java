package dev.drover.api;

/**
 * What a VM must find again on another host.
 *
 * @param hypervisor its version, for example {@code 7.2.22}
 * @param accelerator {@code kvm} or {@code tcg}
 * @param machine the versioned machine type of this host's VMs
 * @param mtu of the bridge, in bytes
 */
public record HostFacts(String hypervisor, String accelerator, String machine, int mtu) {}
