package dev.drover.agent;

import dev.drover.ports.PacketGate;

/** This host's network, as far as VMs need it. Thread-safe. */
interface Network {
    /** Makes a VM's tap, a port of {@code bridge}. Idempotent. */
    void makeTap(String tap, String bridge);

    /** Removes a VM's tap and everything at it. Idempotent. */
    void removeTap(String tap);

    /** Removes what the gate of an agent that died left at a tap. Idempotent. */
    void removeLeftovers(String tap);

    /** Where a killed agent may have left the address of a VM pinned to its tap: no longer. */
    void unpinLeftover(String tap, String mac);

    /**
     * A gate at the tap of a VM, open.
     *
     * @param pid of the hypervisor that has the tap's queue
     * @param bridge that the tap is a port of, where announcements are seen
     * @param dropGroup whether group-addressed frames are left out while it holds
     */
    PacketGate gate(String tap, long pid, String bridge, boolean dropGroup);

    /** Maximum transmission unit of an interface in bytes; 0 when there is no such interface. */
    int mtu(String name);
}
