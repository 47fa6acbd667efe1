package dev.drover.monitor.rest;

/** What the REST interface asks of its monitor for a host that there is. Any thread. */
public interface HostVerbs {
    /** Lets a host take no new VMs, and no moves; those that it has run on. Safe to repeat. */
    void cordon(String host);

    /** Lets a host take VMs again. Safe to repeat. */
    void uncordon(String host);
}
