package dev.drover.protocol;

import java.util.Objects;

/**
 * The cluster monitor's record of one VM: who may run it.
 *
 * @param host the only host that may run the VM's vCPUs
 * @param epoch raised by every compare-and-set, at least 1
 */
public record Active(String host, long epoch) {
    public Active {
        Objects.requireNonNull(host);
        if (epoch < 1) {
            throw new IllegalArgumentException("An epoch is at least 1, not " + epoch);
        }
    }
}
