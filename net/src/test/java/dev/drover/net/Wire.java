package dev.drover.net;

import dev.drover.ports.Frame;
import dev.drover.testkit.net.NumberedFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** An end of a cable, where a test sends and hears frames. */
final class Wire implements AutoCloseable {
    private final Descriptor numbered;
    private final Descriptor announcements;
    private final List<Long> seen = new ArrayList<>();
    private final ByteBuffer buffer = Buffers.zeroed(2048);
    private boolean announced;

    Wire(String end) {
        int index;
        try (Rtnetlink netlink = Rtnetlink.open(LinuxKernel.INSTANCE)) {
            index = netlink.get(end).index();
        }
        numbered =
                PacketSocket.open(
                        LinuxKernel.INSTANCE, index, NumberedFrame.ETHER_TYPE, "wire " + end);
        announcements =
                PacketSocket.open(
                        LinuxKernel.INSTANCE, index, ReverseArp.ETHER_TYPE, "wire " + end);
    }

    void send(Frame frame) {
        int length = frame.bytes().length - frame.vnetHeaderBytes();
        send(Buffers.zeroed(length).put(0, frame.bytes(), frame.vnetHeaderBytes(), length));
    }

    /** An Ethernet frame, in a direct buffer. */
    void send(ByteBuffer frame) {
        LinuxKernel.INSTANCE.check(numbered.write(frame), "Sending on the wire");
    }

    void announce(String mac) {
        send(Buffers.zeroed(ReverseArp.BYTES).put(0, ReverseArp.request(mac), 0, ReverseArp.BYTES));
    }

    synchronized List<Long> numbers() {
        for (int n = numbered.read(buffer); n > 0; n = numbered.read(buffer)) {
            byte[] bytes = new byte[n];
            buffer.get(0, bytes);
            NumberedFrame.number(new Frame(0, bytes)).ifPresent(seen::add);
        }
        return List.copyOf(seen);
    }

    synchronized boolean announced(String mac) {
        for (int n = announcements.read(buffer); n > 0; n = announcements.read(buffer)) {
            announced |= ReverseArp.sender(buffer).equals(mac);
        }
        return announced;
    }

    @Override
    public void close() {
        numbered.close();
        announcements.close();
    }
}
