package dev.drover.agent;

import dev.drover.net.EbpfPacketGate;
import dev.drover.net.GateOptions;
import dev.drover.net.Interfaces;
import dev.drover.net.Tap;
import dev.drover.ports.PacketGate;

/** The network of the kernel, in this process's network namespace. */
final class KernelNetwork implements Network {
    @Override
    public void makeTap(String tap, String bridge) {
        Tap.create(tap, bridge);
    }

    @Override
    public void removeTap(String tap) {
        Tap.remove(tap);
    }

    @Override
    public void unpinLeftover(String tap, String mac) {
        EbpfPacketGate.unpinLeftover(tap, mac);
    }

    @Override
    public void removeLeftovers(String tap) {
        EbpfPacketGate.removeLeftovers(tap);
    }

    @Override
    public PacketGate gate(String tap, long pid, String bridge, boolean dropGroup) {
        GateOptions options = GateOptions.of(tap, bridge).following(pid);
        EbpfPacketGate gate = EbpfPacketGate.open(dropGroup ? options.droppingGroup() : options);
        gate.rehearse();
        return gate;
    }

    @Override
    public int mtu(String name) {
        return Interfaces.mtu(name).orElse(0);
    }
}
