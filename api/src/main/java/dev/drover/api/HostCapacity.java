package dev.drover.api;

/**
 * What a host has for its VMs, in all.
 *
 * @param cores of its CPUs, as the kernel counts them
 * @param memoryBytes MemTotal of proc_meminfo(5)
 * @param diskBytes size of the file system that its volumes are on
 * @param cpu the model of its first CPU, as proc_cpuinfo(5) has it; empty when it does not say
 * @param bridge that VMs are connected to
 */
public record HostCapacity(
        int cores, long memoryBytes, long diskBytes, String cpu, String bridge) {}
