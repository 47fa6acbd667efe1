package dev.drover.net;

import dev.drover.ports.Frame;
import java.util.List;
import java.util.function.Consumer;

/** One of several hosts in a test's network: a bridge with a VM's tap and a cable to the switch. */
final class TestHost implements AutoCloseable {
    private final String bridge;
    private final String tap;

    /** The switch is there already. */
    TestHost(String name, String switchName) {
        bridge = name + "br";
        tap = name + "tap";
        Ip.bridge(bridge);
        Ip.cable(name + "up", bridge, name + "sw");
        Ip.port(name + "sw", switchName);
        Tap.create(tap, bridge);
    }

    /** A VM that reads; when this returns, the bridge forwards to and from it. */
    TapVm vm(List<Long> received) {
        TapVm vm = TapVm.into(tap, received);
        Ip.awaitForwarding(tap);
        return vm;
    }

    /** As {@link #vm(List)}, for whole frames. */
    TapVm vm(Consumer<Frame> receiver) {
        TapVm vm = new TapVm(tap, receiver);
        Ip.awaitForwarding(tap);
        return vm;
    }

    GateOptions gate(Attachment attachment) {
        return GateOptions.of(tap, bridge).with(attachment);
    }

    @Override
    public void close() {
        Tap.remove(tap);
    }
}
