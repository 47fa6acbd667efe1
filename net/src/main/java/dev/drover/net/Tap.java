package dev.drover.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tap of a VM: a network interface whose other end is a descriptor that QEMU reads and writes.
 *
 * <p>A tap is made in the network namespace of the calling thread, stays when nobody has it open,
 * and is opened by QEMU by name ({@code -netdev
 * tap,ifname=NAME,script=no,downscript=no,vhost=off}).
 */
public final class Tap {
    /** Frames that the tap holds for a VM that does not read; the kernel's default is 1000. */
    static final int QUEUE_LENGTH = 10_000;

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_.-]{1," + Tun.LONGEST_NAME + "}");

    private Tap() {}

    /**
     * Makes the tap, a port of the bridge, with the bridge's MTU, up. Does nothing to a tap that is
     * all this already; a tap that a running QEMU has open is only put right where that is
     * harmless.
     *
     * @param name 1 to 15 letters, digits, {@code _ . -}
     * @throws KernelException when the kernel refuses; there is no such bridge, or no right
     */
    public static void create(String name, String bridge) {
        checkName(name);
        Kernel kernel = LinuxKernel.INSTANCE;
        try (Rtnetlink netlink = Rtnetlink.open(kernel)) {
            Rtnetlink.Link port = netlink.get(bridge);
            boolean idle = makePersistent(kernel, name);
            Rtnetlink.Link tap = netlink.get(name);
            if (idle) {
                silence(name);
                netlink.size(tap, QUEUE_LENGTH, port.mtu());
                netlink.noQueue(tap);
                netlink.addClsact(
                        tap.index()); // for a gate without TCX; later it would lose frames
            }
            if (tap.master() != port.index()) {
                netlink.enslave(tap, port);
            }
            netlink.up(tap);
        }
    }

    /** Removes the tap, if it is there, even when it is in use. */
    public static void remove(String name) {
        checkName(name);
        try (Rtnetlink netlink = Rtnetlink.open(LinuxKernel.INSTANCE)) {
            netlink.delete(name);
        }
    }

    /**
     * A duplicate of the descriptor with which a process has the tap open, by pidfd_getfd(2). The
     * tap stays up while it is open, and tells whether the process has read everything. Its
     * O_NONBLOCK is the process's own: never change it.
     *
     * @param pid the process; its network namespace does not matter
     * @return the descriptor's number in this process; the caller closes it
     * @throws KernelException when there is no such process, or it does not have the tap open
     */
    static Descriptor duplicate(long pid, String name) {
        Kernel kernel = LinuxKernel.INSTANCE;
        int queue =
                queueOf(pid, name)
                        .orElseThrow(() ->
                                new KernelException(
                                        "Process "
                                                + pid
                                                + " does not have tap "
                                                + name
                                                + " open, or is gone",
                                        Kernel.ENOENT));
        int process = kernel.check(kernel.pidfdOpen(pid), "Opening process " + pid);
        try {
            int fd =
                    kernel.check(
                            kernel.pidfdGetfd(process, queue),
                            "Duplicating the queue of tap " + name + " from process " + pid);
            return new Descriptor(kernel, fd, "queue of tap " + name);
        } finally {
            kernel.close(process);
        }
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "The interface name "
                            + name
                            + " has other than 1 to 15 letters, digits or _ . -");
        }
    }

    /** IPv6 of the host must not speak on an interface whose frames are somebody else's. */
    static void silence(String name) {
        Path file = Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6");
        try {
            if (Files.exists(file)) {
                Files.writeString(file, "1");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot turn IPv6 off on " + name, e);
        }
    }

    /** False when a process has the tap open, so that it exists and is in use. */
    private static boolean makePersistent(Kernel kernel, String name) {
        try {
            Tun tun = Tun.attach(kernel, name, 0);
            try {
                tun.persist();
            } finally {
                kernel.close(tun.fd());
            }
            return true;
        } catch (KernelException e) {
            if (e.errno() == Kernel.EBUSY) {
                return false;
            }
            throw e;
        }
    }

    /** The number, in that process, of its descriptor for the tap. */
    private static Optional<Integer> queueOf(long pid, String name) {
        Path process = Path.of("/proc", Long.toString(pid));
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path fd : fds) {
                String number = String.valueOf(fd.getFileName());
                if (isTun(fd) && carries(process.resolve("fdinfo").resolve(number), name)) {
                    return Optional.of(Integer.valueOf(number));
                }
            }
        } catch (IOException _) {
            // The process is gone: it has nothing open.
        }
        return Optional.empty();
    }

    private static boolean isTun(Path fd) {
        try {
            return Files.readSymbolicLink(fd).endsWith("net/tun");
        } catch (IOException _) {
            return false; // closed meanwhile
        }
    }

    /** The line that the driver's tun_chr_show_fdinfo writes. */
    private static boolean carries(Path fdinfo, String name) {
        try {
            return Files.readAllLines(fdinfo, StandardCharsets.US_ASCII).contains("iff:\t" + name);
        } catch (IOException _) {
            return false; // closed meanwhile
        }
    }
}
