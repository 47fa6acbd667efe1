package dev.drover.api.rest;

import java.util.List;

/**
 * What was lost with a host.
 *
 * @param vms in the order in which their records were raised; those destroyed since, too
 */
public record Loss(String host, List<LostVm> vms) {
    /**
     * A VM that was lost.
     *
     * @param epoch that its record was raised to
     */
    public record LostVm(String name, long epoch) {}
}
