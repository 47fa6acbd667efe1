package dev.drover.net;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What the tun driver offers on one queue's descriptor. Numbers: linux/if_tun.h. */
final class Tun {
    /** The longest name of an interface: IFNAMSIZ of linux/if.h less the NUL. */
    static final int LONGEST_NAME = 15;

    /** The header of struct virtio_net_hdr_mrg_rxbuf (linux/virtio_net.h), in bytes. */
    static final int HEADER_BYTES = 12;

    /** Header, Ethernet header with two VLAN tags, and the largest GSO payload; in bytes. */
    static final int LARGEST_FRAME = HEADER_BYTES + 22 + 65_536;

    private static final String DEVICE = "/dev/net/tun";
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final long TUNGETVNETHDRSZ = 0x800454d7L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8L;
    private static final short IFF_TAP = 0x0002;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_VNET_HDR = 0x4000;

    /** TUN_F_CSUM, TSO4, TSO6, TSO_ECN. */
    private static final int OFFLOADS = 0x01 | 0x02 | 0x04 | 0x08;

    /** TUN_F_USO4, USO6: UDP segmentation, since Linux 6.2. */
    private static final int UDP_OFFLOADS = 0x20 | 0x40;

    private final Kernel kernel;
    private final int fd;
    private final String name;

    private Tun(Kernel kernel, int fd, String name) {
        this.kernel = kernel;
        this.fd = fd;
        this.name = name;
    }

    /**
     * Attaches a queue to the tap, which is made when there is none.
     *
     * @throws KernelException with {@link Kernel#EBUSY} when another process has the queue
     */
    static Tun attach(Kernel kernel, String name, int flags) {
        int fd =
                kernel.check(
                        kernel.open(DEVICE, Kernel.O_RDWR | Kernel.O_CLOEXEC | flags),
                        "Opening " + DEVICE + " for tap " + name);
        // struct ifreq of linux/if.h: 16 bytes of name, then the flags, 40 bytes in all.
        ByteBuffer request = Buffers.zeroed(40);
        request.put(0, name.getBytes(StandardCharsets.US_ASCII));
        request.putShort(16, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR));
        int result = kernel.ioctl(fd, TUNSETIFF, request);
        if (result < 0) {
            kernel.close(fd);
            throw kernel.refused(-result, "Attaching to tap " + name);
        }
        return new Tun(kernel, fd, name);
    }

    int fd() {
        return fd;
    }

    /** The tap stays when no process has it open any more. */
    void persist() {
        kernel.check(kernel.ioctl(fd, TUNSETPERSIST, 1L), "Making tap " + name + " persistent");
    }

    /** Lets whole GSO frames and frames without a checksum through to the reader. */
    void acceptOffloads() {
        if (kernel.ioctl(fd, TUNSETOFFLOAD, (long) (OFFLOADS | UDP_OFFLOADS)) < 0) {
            kernel.check(
                    kernel.ioctl(fd, TUNSETOFFLOAD, (long) OFFLOADS),
                    "Setting the offloads of tap " + name);
        }
    }

    void setHeaderBytes(int bytes) {
        ByteBuffer value = Buffers.zeroed(4).putInt(0, bytes);
        kernel.check(
                kernel.ioctl(fd, TUNSETVNETHDRSZ, value), "Setting the header size of tap " + name);
    }

    /** The header size in force. QEMU changes it when the guest's driver starts: ask each time. */
    static int headerBytes(Kernel kernel, int fd) {
        ByteBuffer value = Buffers.zeroed(4);
        kernel.check(kernel.ioctl(fd, TUNGETVNETHDRSZ, value), "Asking a tap for its header size");
        return value.getInt(0);
    }
}
