package dev.drover.api;

import dev.drover.api.link.LinkException;
import dev.drover.api.link.Peer;
import dev.drover.engine.Reachable;

/** A way to a host that may be away for a while. */
public interface HostLink extends Reachable {
    /** The connection in use; throws {@link LinkException} when there is none. */
    Peer peer();
}
