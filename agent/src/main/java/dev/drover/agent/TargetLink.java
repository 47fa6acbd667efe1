package dev.drover.agent;

import dev.drover.api.HostAddress;
import dev.drover.api.HostLink;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;

/** The source's own connection to the target: in the pause nobody else is asked. */
record TargetLink(Peer peer) implements HostLink {
    static TargetLink connect(HostAddress target, Identity identity) {
        return new TargetLink(
                Peer.connect(
                        target.socketAddress(),
                        identity,
                        Subject.host(target.name()),
                        Service.refusing(),
                        LinkLimits.USUAL));
    }

    /** Within a pause nobody waits for a host: the monitor decides. */
    @Override
    public void awaitReachable() {}

    void close() {
        peer.close();
    }
}
