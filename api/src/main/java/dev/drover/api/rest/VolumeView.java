package dev.drover.api.rest;

import java.time.Instant;

/**
 * A volume that is kept of a VM that was destroyed.
 *
 * @param vm the name that the VM had
 * @param host whose disk it is on
 * @param format {@code raw} or {@code qcow2}
 * @param diskBytes as the guest saw it
 * @param allocatedBytes on the host's disk
 * @param path of its file on the host
 * @param destroyed when the VM was, by the host's clock
 * @param keptUntil when it is removed, by the host's clock
 */
public record VolumeView(
        String id,
        String vm,
        String host,
        String format,
        long diskBytes,
        long allocatedBytes,
        String path,
        Instant destroyed,
        Instant keptUntil) {}
