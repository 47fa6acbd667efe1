package dev.drover.net;

import java.nio.ByteBuffer;

/** Sockets of packet(7) on one interface. */
final class PacketSocket {
    private static final int AF_PACKET = 17;

    /** SOCK_RAW, SOCK_CLOEXEC, SOCK_NONBLOCK. */
    private static final int RAW = 3 | 0x80000 | 0x800;

    private PacketSocket() {}

    /**
     * Opens and binds one.
     *
     * @param protocol the Ethernet type to receive, 0 for none
     */
    static Descriptor open(Kernel kernel, int index, int protocol, String what) {
        int fd = kernel.check(kernel.socket(AF_PACKET, RAW, 0), "Opening a " + what);
        // struct sockaddr_ll of linux/if_packet.h.
        ByteBuffer address = Buffers.zeroed(20);
        address.putShort(0, (short) AF_PACKET);
        address.putShort(2, Short.reverseBytes((short) protocol));
        address.putInt(4, index);
        int result = kernel.bind(fd, address);
        if (result < 0) {
            kernel.close(fd);
            throw kernel.refused(-result, "Binding a " + what);
        }
        return new Descriptor(kernel, fd, what);
    }
}
