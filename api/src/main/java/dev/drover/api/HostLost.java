package dev.drover.api;

import dev.drover.api.link.LinkException;
import dev.drover.api.link.LinkException.RemoteFailure;
import dev.drover.engine.HostFailure;

/**
 * What a cluster monitor answers of, and to, a host that was declared lost. It is so for ever: who
 * hears it need not ask again.
 */
public final class HostLost extends HostFailure {
    private static final long serialVersionUID = 1L;

    public HostLost(String host) {
        super(
                "Host "
                        + host
                        + " was declared lost, and may never take part again; its VMs can only be"
                        + " destroyed. If the machine is there, power it off, and set it up anew"
                        + " as a host of another name");
    }

    /** Whether this is what the other side threw. */
    public static boolean isSaidBy(LinkException e) {
        return e instanceof RemoteFailure failure
                && failure.kind().equals(HostLost.class.getSimpleName());
    }
}
