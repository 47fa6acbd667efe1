package dev.drover.monitor.rest;

import dev.drover.api.rest.Loss;

/** What the REST interface asks of its monitor for a host that there is. Any thread. */
public interface HostVerbs {
    /** Lets a host take no new VMs, and no moves; those that it has run on. Safe to repeat. */
    void cordon(String host);

    /** Lets a host take VMs again. Safe to repeat. */
    void uncordon(String host);

    /**
     * Declares that a host never comes back. Who asks for it promises that no VM runs there any
     * more, and that none ever will by what is on that host now. Safe to repeat.
     */
    Loss declareLost(String host) throws InterruptedException;
}
