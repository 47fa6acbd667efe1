package dev.drover.monitor.rest;

import dev.drover.api.rest.VolumeView;
import java.util.List;

/** What the REST interface asks of its monitor for volumes of destroyed VMs. Any thread. */
public interface VolumeVerbs {
    /** What is kept; as said by the hosts, so it takes a while. */
    Kept all() throws InterruptedException;

    /** Removes one. Safe to repeat. */
    void remove(VolumeView volume) throws InterruptedException;

    /**
     * What is kept.
     *
     * @param away hosts that did not answer, by name; those that were declared lost are not asked
     */
    record Kept(List<VolumeView> volumes, List<String> away) {}
}
