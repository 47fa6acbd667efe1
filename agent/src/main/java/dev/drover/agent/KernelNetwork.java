package dev.drover.agent;

import dev.drover.net.EbpfPacketGate;
import dev.drover.net.GateOptions;
import dev.drover.net.Tap;
import dev.drover.ports.PacketGate;
import java.io.IOException;
import java.net.NetworkInterface;

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
        try {
            NetworkInterface found = NetworkInterface.getByName(name);
            return found == null ? 0 : found.getMTU();
        } catch (IOException _) {
            return 0; // It went away in between.
        }
    }
}
