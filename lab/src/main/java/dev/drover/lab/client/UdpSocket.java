package dev.drover.lab.client;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * A connected UDP socket with room for seconds of packets. Java's own cannot ask for more than
 * net.core.rmem_max, some 250 packets, which a burst after a pause overruns. Sending and receiving
 * may go on in two threads; neither in more.
 */
final class UdpSocket implements AutoCloseable {
    // asm-generic/socket.h and bits/socket.h
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int ROOM = 16 << 20;
    private static final int LARGEST = 2048;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SOCKET =
            function("socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            function(
                    "setsockopt",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle CONNECT =
            function("connect", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle SEND =
            function(
                    "send",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle RECV =
            function(
                    "recv",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle CLOSE = function("close", ValueLayout.JAVA_INT);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment outgoing = arena.allocate(LARGEST);
    private final MemorySegment incoming = arena.allocate(LARGEST);
    private final int fd;

    /** Functions of libc that return an int or a ssize_t, which fits one here. */
    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Connects.
     *
     * @param patience how long {@link #receive} waits
     */
    UdpSocket(Inet4Address peer, int port, Duration patience) throws IOException {
        fd = call(SOCKET, AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException("Cannot make a UDP socket");
        }
        MemorySegment room = arena.allocateFrom(ValueLayout.JAVA_INT, ROOM);
        // Refused without CAP_NET_ADMIN: then the usual room has to do, and drops are counted.
        call(SETSOCKOPT, fd, SOL_SOCKET, SO_RCVBUFFORCE, room, 4);
        MemorySegment time =
                arena.allocateFrom(
                        ValueLayout.JAVA_LONG, patience.toSeconds(), patience.toNanosPart() / 1000);
        call(SETSOCKOPT, fd, SOL_SOCKET, SO_RCVTIMEO, time, 16);
        if (call(CONNECT, fd, address(peer, port), 16) != 0) {
            throw new IOException("Cannot connect a UDP socket to " + peer);
        }
    }

    /** struct sockaddr_in of netinet/in.h. */
    private MemorySegment address(Inet4Address peer, int port) {
        MemorySegment address = arena.allocate(16);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
        address.asByteBuffer()
                .order(ByteOrder.BIG_ENDIAN)
                .putShort(2, (short) port)
                .put(4, peer.getAddress());
        return address;
    }

    /** The bytes to be sent next; fill from 0. */
    ByteBuffer outgoing() {
        return outgoing.asByteBuffer();
    }

    /** The bytes received last. */
    ByteBuffer incoming() {
        return incoming.asByteBuffer();
    }

    /** Sends; false when the kernel refuses, as it does once after an ICMP error came back. */
    boolean send(int length) {
        try {
            return (int) SEND.invokeExact(fd, outgoing, (long) length, 0) == length;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Receives into {@link #incoming}; the length, or a negative number when nothing came. */
    int receive() {
        try {
            return (int) RECV.invokeExact(fd, incoming, (long) LARGEST, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Only when no thread sends or receives any more. */
    @Override
    public void close() {
        call(CLOSE, fd);
        arena.close();
    }
}
