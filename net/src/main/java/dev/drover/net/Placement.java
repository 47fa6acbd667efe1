package dev.drover.net;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the bridge believes the VM's address to be. Thread-safe. */
final class Placement implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    private final Rtnetlink netlink;
    private final int tap;
    private byte @Nullable [] pinned;

    /** At the bridge that the tap is a port of; closes {@code netlink}, which nobody else uses. */
    Placement(Rtnetlink netlink, int tap) {
        this.netlink = netlink;
        this.tap = tap;
    }

    synchronized void pin(String mac) {
        byte[] address = ReverseArp.parse(mac);
        netlink.place(tap, address, true);
        pinned = address;
    }

    synchronized void unpin() {
        byte[] address = pinned;
        if (address != null) {
            netlink.place(tap, address, false);
            pinned = null;
        }
    }

    @Override
    public void close() {
        try {
            unpin();
        } catch (KernelException e) {
            LOG.debug("The tap is gone, and its place in the bridge with it", e);
        } finally {
            netlink.close();
        }
    }
}
