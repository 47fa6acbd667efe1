package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.ports.Frame;
import dev.drover.testkit.net.GateBench;
import dev.drover.testkit.net.NumberedFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Frames of up to 64 KiB, as TCP and UDP senders on the same machine hand them down. */
@ExtendWith(OwnNetwork.class)
class GsoFrameIT {
    private static final int ETHERNET = 14;
    private static final int IP = 20;
    private static final int PAYLOAD = 40_000;
    private static final int SEGMENT = 1_000;

    /** VIRTIO_NET_HDR_GSO_TCPV4 of linux/virtio_net.h. */
    private static final int TCP = 1;

    /** VIRTIO_NET_HDR_GSO_UDP_L4. */
    private static final int UDP = 5;

    @Test
    void tcpFramesAreHeldAndDeliveredWhole() {
        heldAndDelivered(gso(TCP, 6, 20, 16));
    }

    @Test
    void udpFramesAreHeldAndDeliveredWhole() {
        heldAndDelivered(gso(UDP, 17, 8, 6));
    }

    private static void heldAndDelivered(Frame frame) {
        List<Frame> received = new CopyOnWriteArrayList<>();
        Ip.bridge("sw");
        Ip.cable("cable", "sw", "net");
        int net;
        try (Rtnetlink netlink = Rtnetlink.open(LinuxKernel.INSTANCE)) {
            net = netlink.get("net").index();
        }
        try (TestHost host = new TestHost("a", "sw");
                TapVm _ = host.vm(received::add);
                EbpfPacketGate gate = EbpfPacketGate.open(host.gate(Attachment.AUTO));
                Injector sender = new Injector(LinuxKernel.INSTANCE, "net", net, 0)) {
            gate.hold(Duration.ofMinutes(1));
            assertThat(sender.send(frame, Duration.ZERO)).isTrue();
            Frame taken = gate.take(Duration.ofMinutes(1)).orElseThrow();
            assertThat(content(taken)).isEqualTo(content(frame));
            assertThat(taken.bytes()[1]).isEqualTo(frame.bytes()[1]);
            assertThat(sender.send(frame, Duration.ZERO)).isTrue();
            assertThat(gate.inject(taken, Duration.ofMinutes(1))).isTrue();
            assertThat(gate.open(Duration.ofMinutes(1))).isEqualTo(1);
            assertThat(sender.send(frame, Duration.ZERO)).isTrue();
            Until.until(() -> received.size() == 3, () -> "all came: " + received.size());
            assertThat(gate.forcedOpenings()).isZero();
            assertThat(gate.counters().held()).isEqualTo(2);
            assertThat(received).allSatisfy(f -> assertThat(content(f)).isEqualTo(content(frame)));
        }
    }

    /** Without the header, and the checksum fields that the kernel may complete. */
    private static byte[] content(Frame frame) {
        byte[] bytes = frame.bytes();
        int from = frame.vnetHeaderBytes() + ETHERNET + IP + 20;
        return java.util.Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static Frame gso(int type, int protocol, int transport, int checksumOffset) {
        int length = ETHERNET + IP + transport + PAYLOAD;
        ByteBuffer frame = ByteBuffer.allocate(Tun.HEADER_BYTES + length);
        frame.order(ByteOrder.nativeOrder());
        frame.put((byte) 1).put((byte) type); // flags: NEEDS_CSUM
        frame.putShort((short) (ETHERNET + IP + transport)).putShort((short) SEGMENT);
        frame.putShort((short) (ETHERNET + IP)).putShort((short) checksumOffset);
        frame.position(Tun.HEADER_BYTES).order(ByteOrder.BIG_ENDIAN);
        frame.put(NumberedFrame.address(GateBench.MAC));
        frame.put(NumberedFrame.address("52:54:00:d0:0e:02")).putShort((short) 0x0800);
        int ip = frame.position();
        frame.putShort((short) 0x4500).putShort((short) (length - ETHERNET)).putInt(0);
        frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
        frame.putInt(0x0a000001).putInt(0x0a000002);
        frame.putShort(ip + 10, headerChecksum(frame, ip));
        frame.putShort((short) 1000).putShort((short) 2000);
        if (protocol == 17) {
            frame.putShort((short) (transport + PAYLOAD)).putShort((short) 0);
        } else {
            frame.putLong(1).putShort((short) 0x5010).putShort((short) 0xffff).putInt(0);
        }
        while (frame.hasRemaining()) {
            frame.put((byte) (frame.position() * 31));
        }
        return new Frame(Tun.HEADER_BYTES, frame.array());
    }

    /** RFC 1071. */
    private static short headerChecksum(ByteBuffer frame, int ip) {
        int sum = 0;
        for (int at = 0; at < IP; at += 2) {
            sum += Short.toUnsignedInt(frame.getShort(ip + at));
        }
        return (short) ~((sum & 0xffff) + (sum >>> 16));
    }
}
