package dev.drover.qemu;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The system calls that Java has no interface for, in plain Java types. Linux, 64 bit.
 *
 * <p>A call that blocks pins its carrier: it belongs on a platform thread. Every failure is an
 * {@link IOException} that names the call and the errno.
 */
@SuppressWarnings("restricted")
final class Posix {
    private Posix() {}

    // sys/socket.h, bits/socket.h, asm-generic/socket.h
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_WR = 1;
    private static final int SHUT_RDWR = 2;
    // asm/fcntl.h: O_DIRECT is not the same everywhere
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_DIRECT =
            System.getProperty("os.arch", "").equals("aarch64") ? 0x10000 : 0x4000;
    // poll.h
    private static final short POLLIN = 1;
    // asm/unistd.h: the numbers are the same on every architecture since 5.1
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    // asm-generic/errno.h
    private static final int EINTR = 4;
    private static final int ESRCH = 3;

    /** sockaddr_un of linux/un.h: a family, then at most 107 bytes of path and a NUL. */
    static final int SOCKET_PATH_BYTES = 107;

    private static final StructLayout POLLFD =
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("fd"),
                    ValueLayout.JAVA_SHORT.withName("events"),
                    ValueLayout.JAVA_SHORT.withName("revents"));

    /** struct msghdr of bits/socket.h, LP64. */
    private static final StructLayout MSGHDR =
            MemoryLayout.structLayout(
                    ValueLayout.ADDRESS.withName("name"),
                    ValueLayout.JAVA_LONG.withName("namelen"),
                    ValueLayout.ADDRESS.withName("iov"),
                    ValueLayout.JAVA_LONG.withName("iovlen"),
                    ValueLayout.ADDRESS.withName("control"),
                    ValueLayout.JAVA_LONG.withName("controllen"),
                    ValueLayout.JAVA_LONG.withName("flags"));

    /** struct cmsghdr and one int, padded to CMSG_SPACE(sizeof(int)). */
    private static final StructLayout CMSG_WITH_FD =
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_LONG.withName("len"),
                    ValueLayout.JAVA_INT.withName("level"),
                    ValueLayout.JAVA_INT.withName("type"),
                    ValueLayout.JAVA_INT.withName("fd"),
                    MemoryLayout.paddingLayout(4));

    private static final long CMSG_LEN_WITH_FD = 20;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;

    private static final MethodHandle SOCKET = handle("socket", INT, INT, INT, INT);
    private static final MethodHandle CONNECT = handle("connect", INT, INT, ADDRESS, INT);
    private static final MethodHandle SOCKETPAIR =
            handle("socketpair", INT, INT, INT, INT, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", INT, INT, INT, INT, ADDRESS, INT);
    private static final MethodHandle READ = handle("read", LONG, INT, ADDRESS, LONG);
    private static final MethodHandle SEND = handle("send", LONG, INT, ADDRESS, LONG, INT);
    private static final MethodHandle SENDMSG = handle("sendmsg", LONG, INT, ADDRESS, INT);
    private static final MethodHandle SHUTDOWN = handle("shutdown", INT, INT, INT);
    private static final MethodHandle CLOSE = handle("close", INT, INT);
    private static final MethodHandle POLL = handle("poll", INT, ADDRESS, LONG, INT);
    private static final MethodHandle OPEN =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("open"),
                    FunctionDescriptor.of(INT, ADDRESS, INT),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SYSCALL =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(1));

    private static MethodHandle handle(
            String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /** A call that leaves its errno in the segment given to it. */
    private interface Call {
        long invoke(MemorySegment errno) throws Throwable;
    }

    /** The result, or the negated errno. Repeats a call that a signal interrupted. */
    private static long raw(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURE);
            while (true) {
                long result = call.invoke(captured);
                if (result >= 0) {
                    return result;
                }
                int errno = (int) ERRNO.get(captured, 0L);
                if (errno != EINTR) {
                    return -errno;
                }
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static long checked(String name, Call call) throws IOException {
        long result = raw(call);
        if (result < 0) {
            throw new IOException(name + " failed: errno " + -result);
        }
        return result;
    }

    /** A pair of connected Unix-domain stream sockets. */
    static int[] socketPair() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(INT, 2);
            checked(
                    "socketpair",
                    e ->
                            (int)
                                    SOCKETPAIR.invokeExact(
                                            e, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
            return new int[] {fds.getAtIndex(INT, 0), fds.getAtIndex(INT, 1)};
        }
    }

    /**
     * A socket connected to the Unix-domain socket at {@code path}.
     *
     * @throws IOException when the path is too long for {@code sockaddr_un} or nobody listens
     */
    static int connect(Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > SOCKET_PATH_BYTES) {
            throw new IOException("A socket's path has at most 107 bytes, not " + path);
        }
        int fd =
                (int)
                        checked(
                                "socket",
                                e ->
                                        (int)
                                                SOCKET.invokeExact(
                                                        e, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2 + SOCKET_PATH_BYTES + 1L, 8);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            int length = (int) address.byteSize();
            checked("connect to " + path, e -> (int) CONNECT.invokeExact(e, fd, address, length));
            return fd;
        } catch (IOException e) {
            close(fd);
            throw e;
        }
    }

    /** True when a file can be read past the page cache (O_DIRECT); tmpfs refuses it. */
    static boolean takesDirect(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(file.toString());
            long fd = raw(e -> (int) OPEN.invokeExact(e, path, O_CLOEXEC | O_DIRECT));
            if (fd >= 0) {
                close((int) fd);
            }
            return fd >= 0;
        }
    }

    /** Sets how many bytes the kernel keeps of what this end has sent; 1 means the least. */
    static void setSendBuffer(int fd, int bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(INT, bytes);
            checked(
                    "setsockopt(SO_SNDBUF)",
                    e -> (int) SETSOCKOPT.invokeExact(e, fd, SOL_SOCKET, SO_SNDBUF, value, 4));
        }
    }

    /** Reads at most {@code length} bytes; 0 at the end of the stream. Blocks. */
    static int read(int fd, MemorySegment into, int length) throws IOException {
        return (int) checked("read", e -> (long) READ.invokeExact(e, fd, into, (long) length));
    }

    /** Sends all of the first {@code length} bytes. Blocks. */
    static void send(int fd, MemorySegment from, int length) throws IOException {
        long done = 0;
        while (done < length) {
            MemorySegment rest = from.asSlice(done, length - done);
            done +=
                    checked(
                            "send",
                            e ->
                                    (long)
                                            SEND.invokeExact(
                                                    e, fd, rest, rest.byteSize(), MSG_NOSIGNAL));
        }
    }

    /** Sends {@code bytes} and with them a duplicate of {@code passed} (SCM_RIGHTS, unix(7)). */
    static void sendWithDescriptor(int fd, byte[] bytes, int passed) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ADDRESS, 0, data);
            vector.set(LONG, 8, bytes.length);
            MemorySegment control = arena.allocate(CMSG_WITH_FD);
            control.set(LONG, 0, CMSG_LEN_WITH_FD);
            control.set(INT, 8, SOL_SOCKET);
            control.set(INT, 12, SCM_RIGHTS);
            control.set(INT, 16, passed);
            MemorySegment message = arena.allocate(MSGHDR);
            message.set(ADDRESS, 16, vector);
            message.set(LONG, 24, 1);
            message.set(ADDRESS, 32, control);
            message.set(LONG, 40, control.byteSize());
            long sent =
                    checked(
                            "sendmsg",
                            e -> (long) SENDMSG.invokeExact(e, fd, message, MSG_NOSIGNAL));
            if (sent < bytes.length) {
                send(fd, data.asSlice(sent), (int) (bytes.length - sent));
            }
        }
    }

    /** Ends both directions: whoever reads sees the end, whoever writes fails. Never throws. */
    static void shutdown(int fd) {
        raw(e -> (int) SHUTDOWN.invokeExact(e, fd, SHUT_RDWR));
    }

    /** Ends our writing: the peer sees the end of the stream. Never throws. */
    static void shutdownOutput(int fd) {
        raw(e -> (int) SHUTDOWN.invokeExact(e, fd, SHUT_WR));
    }

    /** Never throws. */
    static void close(int fd) {
        raw(e -> (int) CLOSE.invokeExact(e, fd));
    }

    /** True when there is something to read, or the end, within {@code millis}; -1: for ever. */
    static boolean readable(int fd, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(POLLFD);
            poll.set(INT, 0, fd);
            poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            return raw(e -> (int) POLL.invokeExact(e, poll, 1L, millis)) > 0;
        }
    }

    /**
     * A descriptor of the process, which {@link #readable} tells to be dead: a zombie is dead
     * (pidfd_open(2)).
     *
     * @return negative when there is no such process
     */
    static int pidfd(long pid) throws IOException {
        long fd = raw(e -> (long) SYSCALL.invokeExact(e, SYS_PIDFD_OPEN, pid, 0L, 0L, 0L));
        if (fd < 0 && fd != -ESRCH) {
            throw new IOException("pidfd_open(" + pid + ") failed: errno " + -fd);
        }
        return (int) fd;
    }

    /** Sends a signal. A process that is dead is no failure. Never throws. */
    static void signal(int pidfd, int signal) {
        raw(e ->
                (long)
                        SYSCALL.invokeExact(
                                e, SYS_PIDFD_SEND_SIGNAL, (long) pidfd, (long) signal, 0L, 0L));
    }
}
