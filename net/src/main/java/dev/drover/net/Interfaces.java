package dev.drover.net;

import java.util.OptionalInt;

/** The interfaces of the calling thread's network namespace. */
public final class Interfaces {
    private Interfaces() {}

    /**
     * Maximum transmission unit in bytes (IFLA_MTU of linux/if_link.h); empty when there is no such
     * interface.
     *
     * @throws KernelException when the kernel refuses to tell
     */
    public static OptionalInt mtu(String name) {
        try (Rtnetlink netlink = Rtnetlink.open(LinuxKernel.INSTANCE)) {
            return netlink.find(name).stream().mapToInt(Rtnetlink.Link::mtu).findFirst();
        }
    }
}
