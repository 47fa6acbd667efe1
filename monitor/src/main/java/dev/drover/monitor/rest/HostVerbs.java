package dev.drover.monitor.rest;

import dev.drover.api.rest.EvacuationView;
import dev.drover.api.rest.Loss;
import java.util.List;

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

    /**
     * Cordons a host and begins to move its running VMs elsewhere, one after the other; returns the
     * evacuation's id. Repeated while one goes on, it is that one.
     */
    String evacuate(String host);

    /** Those under way, and the last ones that are over. */
    List<EvacuationView> evacuations();

    /** Undoes the move under way, unless it has been committed, and begins no other. */
    void cancelEvacuation(String id, String why);
}
