package dev.drover.api;

import java.time.Instant;

/**
 * A volume that a host keeps of a VM that was destroyed.
 *
 * @param id unique in the cluster
 * @param vm the name that the VM had
 * @param format {@code raw} or {@code qcow2}
 * @param diskBytes as the guest saw it
 * @param allocatedBytes on the host's disk
 * @param path of its file on the host
 * @param destroyed when the VM was, by the host's clock
 * @param until when it is removed, by the host's clock
 */
public record KeptVolume(
        String id,
        String vm,
        String format,
        long diskBytes,
        long allocatedBytes,
        String path,
        Instant destroyed,
        Instant until) {}
