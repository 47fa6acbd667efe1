package dev.drover.net;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Links, bridges' addresses, queueing disciplines and filters, over one rtnetlink(7) socket in the
 * network namespace of the thread that opened it. Numbers: linux/netlink.h, rtnetlink.h, if_link.h,
 * pkt_sched.h and pkt_cls.h. Not thread-safe.
 */
final class Rtnetlink implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_ROUTE = 0;

    private static final int NLMSG_ERROR = 2;
    private static final int REQUEST_ACK = 0x1 | 0x4;
    private static final int CREATE_EXCLUSIVE = 0x400 | 0x200;
    private static final int CREATE_REPLACE = 0x400 | 0x100;

    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int RTM_NEWQDISC = 36;
    private static final int RTM_NEWTFILTER = 44;
    private static final int RTM_DELTFILTER = 45;

    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_QDISC = 6;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFF_UP = 1;

    /** Of linux/neighbour.h. */
    private static final byte AF_BRIDGE = 7;

    private static final int NDA_LLADDR = 2;
    private static final short NUD_REACHABLE = 0x02;
    private static final short NUD_NOARP = 0x40;
    private static final byte NTF_MASTER = 0x04;
    private static final byte NTF_STICKY = 0x40;

    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_BPF_FD = 6;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int TC_H_ROOT = 0xffffffff;
    private static final int TC_H_CLSACT = 0xfffffff1;
    private static final int CLSACT_HANDLE = 0xffff0000;

    /** Where a filter of a clsact qdisc hangs: TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS). */
    static final int INGRESS = 0xfffffff2;

    /** TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS). */
    static final int EGRESS = 0xfffffff3;

    /** htons(ETH_P_ALL) with Drover's own priority: ahead of what a user adds without one. */
    private static final int FILTER_INFO = 0x0d70_0000 | 0x0300;

    /** What rtnetlink tells of an interface. */
    record Link(int index, int mtu, int master, String qdisc) {}

    private final Kernel kernel;
    private final Descriptor socket;
    private final ByteBuffer message = Buffers.zeroed(1024);
    private final ByteBuffer answer = Buffers.zeroed(32 * 1024);

    private Rtnetlink(Kernel kernel, Descriptor socket) {
        this.kernel = kernel;
        this.socket = socket;
    }

    static Rtnetlink open(Kernel kernel) {
        int fd =
                kernel.check(
                        kernel.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE),
                        "Opening a netlink socket");
        return new Rtnetlink(kernel, new Descriptor(kernel, fd, "netlink socket"));
    }

    /** The interface of that name, if there is one. */
    Optional<Link> find(String name) {
        begin(RTM_GETLINK, 0x1);
        linkHeader(0, 0, 0);
        string(IFLA_IFNAME, name);
        int errno = exchange();
        if (errno == Kernel.ENODEV) {
            return Optional.empty();
        }
        if (errno != 0) {
            throw kernel.refused(errno, "Looking for interface " + name);
        }
        return Optional.of(parseLink());
    }

    /**
     * As {@link #find}.
     *
     * @throws KernelException when there is none
     */
    Link get(String name) {
        return find(name)
                .orElseThrow(() -> kernel.refused(Kernel.ENODEV, "Looking for interface " + name));
    }

    /** Makes the queue that long and sets the MTU. */
    void size(Link link, int queueLength, int mtu) {
        begin(RTM_NEWLINK, REQUEST_ACK);
        linkHeader(link.index(), 0, 0);
        number(IFLA_TXQLEN, queueLength);
        number(IFLA_MTU, mtu);
        perform("Setting the queue length of an interface");
    }

    /** Makes the interface a port of the bridge. */
    void enslave(Link link, Link bridge) {
        begin(RTM_NEWLINK, REQUEST_ACK);
        linkHeader(link.index(), 0, 0);
        number(IFLA_MASTER, bridge.index());
        perform("Making an interface a port of its bridge");
    }

    void up(Link link) {
        begin(RTM_NEWLINK, REQUEST_ACK);
        linkHeader(link.index(), IFF_UP, IFF_UP);
        perform("Setting an interface up");
    }

    /** Removes the interface, if it is there. */
    void delete(String name) {
        begin(RTM_DELLINK, REQUEST_ACK);
        linkHeader(0, 0, 0);
        string(IFLA_IFNAME, name);
        int errno = exchange();
        if (errno != 0 && errno != Kernel.ENODEV) {
            throw kernel.refused(errno, "Removing interface " + name);
        }
    }

    /**
     * Tells a bridge at which of its ports an address is.
     *
     * @param port index of the interface
     * @param stays whether what the bridge hears elsewhere changes nothing
     */
    void place(int port, byte[] address, boolean stays) {
        begin(RTM_NEWNEIGH, REQUEST_ACK | CREATE_REPLACE);
        neighbourHeader(
                port,
                stays ? NUD_NOARP : NUD_REACHABLE,
                stays ? NTF_MASTER | NTF_STICKY : NTF_MASTER);
        bytes(NDA_LLADDR, address);
        perform("Telling a bridge where an address is");
    }

    /**
     * Lets a bridge forget that an address is at that port, if it believes so; unlike {@link
     * #place}, also when the port has no carrier (br_fdb_add of net/bridge/br_fdb.c).
     */
    void forget(int port, byte[] address) {
        begin(RTM_DELNEIGH, REQUEST_ACK);
        neighbourHeader(port, NUD_REACHABLE, NTF_MASTER);
        bytes(NDA_LLADDR, address);
        int errno = exchange();
        if (errno != 0 && errno != Kernel.ENOENT) {
            throw kernel.refused(errno, "Letting a bridge forget an address");
        }
    }

    /**
     * Frames go straight into the tap's ring: no bands that overtake each other, and a sender hears
     * of a full ring (ENOBUFS). Not under traffic: replacing a qdisc then loses a packet.
     */
    void noQueue(Link link) {
        begin(RTM_NEWQDISC, REQUEST_ACK | CREATE_REPLACE);
        trafficHeader(link.index(), 0, TC_H_ROOT, 0);
        string(TCA_KIND, "noqueue");
        perform("Taking the queueing discipline off an interface");
    }

    /**
     * Adds the clsact qdisc, unless it is there. Not under traffic: the kernel takes the interface
     * out of service for that long (qdisc_graft, dev_deactivate), 1 to 28 frames at 5000/s. For the
     * same reason nothing here removes one.
     */
    void addClsact(int index) {
        begin(RTM_NEWQDISC, REQUEST_ACK | CREATE_EXCLUSIVE);
        trafficHeader(index, CLSACT_HANDLE, TC_H_CLSACT, 0);
        string(TCA_KIND, "clsact");
        int errno = exchange();
        if (errno != 0 && errno != Kernel.EEXIST) {
            throw kernel.refused(errno, "Adding the clsact qdisc");
        }
    }

    /** Adds an eBPF program as a filter that decides by itself (direct action). */
    void addFilter(int index, int parent, int program) {
        begin(RTM_NEWTFILTER, REQUEST_ACK | CREATE_EXCLUSIVE);
        trafficHeader(index, 1, parent, FILTER_INFO);
        string(TCA_KIND, "bpf");
        int options = message.position();
        message.putShort((short) 0).putShort((short) (TCA_OPTIONS | NLA_F_NESTED));
        number(TCA_BPF_FD, program);
        string(TCA_BPF_NAME, "drover-gate");
        number(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
        message.putShort(options, (short) (message.position() - options));
        perform("Adding the gate's filter");
    }

    /** Removes the gate's filter, if it is there. */
    void removeFilter(int index, int parent) {
        begin(RTM_DELTFILTER, REQUEST_ACK);
        trafficHeader(index, 0, parent, FILTER_INFO);
        int errno = exchange();
        if (errno != 0
                && errno != Kernel.ENOENT
                && errno != Kernel.EINVAL
                && errno != Kernel.ENODEV) {
            throw kernel.refused(errno, "Removing the gate's filter");
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    /** struct nlmsghdr. */
    private void begin(int type, int flags) {
        message.clear();
        message.putInt(0).putShort((short) type).putShort((short) flags).putInt(1).putInt(0);
    }

    /** struct ifinfomsg. */
    private void linkHeader(int index, int flags, int change) {
        message.putInt(0).putInt(index).putInt(flags).putInt(change);
    }

    /** struct ndmsg. */
    private void neighbourHeader(int index, short state, byte flags) {
        message.put(AF_BRIDGE).put((byte) 0).putShort((short) 0).putInt(index);
        message.putShort(state).put(flags).put((byte) 0);
    }

    /** struct tcmsg. */
    private void trafficHeader(int index, int handle, int parent, int info) {
        message.putInt(0).putInt(index).putInt(handle).putInt(parent).putInt(info);
    }

    private void number(int type, int value) {
        message.putShort((short) 8).putShort((short) type).putInt(value);
    }

    private void string(int type, String value) {
        bytes(type, (value + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    private void bytes(int type, byte[] value) {
        message.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        while (message.position() % 4 != 0) {
            message.put((byte) 0);
        }
    }

    private void perform(String doing) {
        int errno = exchange();
        if (errno != 0) {
            throw kernel.refused(errno, doing);
        }
    }

    /** Sends the message; the answer lies in the buffer then. The errno of it, 0 for none. */
    private int exchange() {
        message.putInt(0, message.position()).flip();
        kernel.check(socket.write(message), "Asking the kernel over netlink");
        answer.clear();
        answer.limit(kernel.check(socket.read(answer), "Hearing the kernel over netlink"));
        boolean verdict = answer.getShort(4) == NLMSG_ERROR;
        return verdict ? -answer.getInt(16) : 0;
    }

    private Link parseLink() {
        int mtu = 0;
        int master = 0;
        String qdisc = "";
        for (int at = 32; at + 4 <= answer.limit(); ) {
            int length = Short.toUnsignedInt(answer.getShort(at));
            switch (answer.getShort(at + 2) & 0x3fff) {
                case IFLA_MTU -> mtu = answer.getInt(at + 4);
                case IFLA_MASTER -> master = answer.getInt(at + 4);
                case IFLA_QDISC -> {
                    byte[] text = new byte[length - 5];
                    answer.get(at + 4, text);
                    qdisc = new String(text, StandardCharsets.US_ASCII);
                }
                default -> {}
            }
            at += (Math.max(length, 4) + 3) & ~3;
        }
        return new Link(answer.getInt(20), mtu, master, qdisc);
    }
}
