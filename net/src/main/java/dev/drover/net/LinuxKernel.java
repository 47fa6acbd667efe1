package dev.drover.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** {@link Kernel} through the C library, by the foreign function interface. */
@SuppressWarnings("restricted")
final class LinuxKernel implements Kernel {
    /** Of asm/unistd_64.h and asm-generic/unistd.h: the numbers differ by architecture. */
    private static final long SYS_BPF =
            switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
                case "amd64", "x86_64" -> 321;
                default -> 280;
            };

    /** Of asm-generic/unistd.h, the same on every architecture. */
    private static final long SYS_PIDFD_OPEN = 434;

    private static final long SYS_PIDFD_GETFD = 438;

    /** Of bits/mman.h. */
    private static final int PROT_READ_WRITE = 1 | 2;

    private static final int MAP_SHARED = 1;

    /** Of poll.h. */
    private static final short POLLIN = 1;

    /** Of sys/eventfd.h. */
    private static final int EFD_NONBLOCK_CLOEXEC = O_NONBLOCK | O_CLOEXEC;

    private static final int CLOCK_MONOTONIC = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** The one instance: there is one kernel. Below what it is made with. */
    static final Kernel INSTANCE = new LinuxKernel();

    private final MethodHandle open = variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
    private final MethodHandle close = plain("close", JAVA_INT, JAVA_INT);
    private final MethodHandle ioctl =
            variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private final MethodHandle ioctlOf =
            variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private final MethodHandle read = plain("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private final MethodHandle write = plain("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private final MethodHandle poll = plain("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private final MethodHandle socket = plain("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private final MethodHandle bind = plain("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private final MethodHandle setsockopt =
            plain("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private final MethodHandle eventfd = plain("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private final MethodHandle mmap =
            plain("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private final MethodHandle munmap = plain("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
    private final MethodHandle clock = plain("clock_gettime", JAVA_INT, JAVA_INT, ADDRESS);
    private final MethodHandle syscall =
            variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private final MethodHandle syscallOf =
            variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
    private final MethodHandle strerror =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("strerror"),
                    FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private LinuxKernel() {}

    private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle variadic(
            String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.firstVariadicArg(fixed),
                Linker.Option.captureCallState("errno"));
    }

    /** One native call that leaves its errno in the given state. */
    private interface Call {
        long in(Arena arena, MemorySegment state) throws Throwable;
    }

    /** The result, or the negated errno. */
    private static long call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = call.in(arena, state);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("A native call throws nothing", e);
        }
    }

    @Override
    public int open(String path, int flags) {
        return (int) call((a, s) -> (int) open.invokeExact(s, a.allocateFrom(path), flags));
    }

    @Override
    public int close(int fd) {
        return (int) call((_, s) -> (int) close.invokeExact(s, fd));
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        return (int) call((_, s) -> (int) ioctl.invokeExact(s, fd, request, argument));
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) {
        MemorySegment segment = MemorySegment.ofBuffer(argument);
        return (int) call((_, s) -> (int) ioctlOf.invokeExact(s, fd, request, segment));
    }

    @Override
    public int read(int fd, ByteBuffer into) {
        MemorySegment segment = MemorySegment.ofBuffer(into);
        return (int) call((_, s) -> (long) read.invokeExact(s, fd, segment, segment.byteSize()));
    }

    @Override
    public int write(int fd, ByteBuffer from) {
        MemorySegment segment = MemorySegment.ofBuffer(from);
        return (int) call((_, s) -> (long) write.invokeExact(s, fd, segment, segment.byteSize()));
    }

    /** struct pollfd of poll.h: int fd, short events, short revents. */
    @Override
    public long poll(int millis, int... fds) {
        return call((arena, state) -> {
            MemorySegment set = arena.allocate(8L * fds.length, 8);
            for (int i = 0; i < fds.length; i++) {
                set.setAtIndex(JAVA_INT, 2L * i, fds[i]);
                set.setAtIndex(JAVA_INT, 2L * i + 1, POLLIN);
            }
            int result = (int) poll.invokeExact(state, set, (long) fds.length, millis);
            long ready = 0;
            for (int i = 0; result > 0 && i < fds.length; i++) {
                boolean hit = set.getAtIndex(JAVA_INT, 2L * i + 1) != POLLIN;
                ready |= hit ? 1L << i : 0;
            }
            return ready;
        });
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return (int) call((_, s) -> (int) socket.invokeExact(s, domain, type, protocol));
    }

    @Override
    public int bind(int fd, ByteBuffer address) {
        MemorySegment segment = MemorySegment.ofBuffer(address);
        return (int)
                call((_, s) -> (int) bind.invokeExact(s, fd, segment, (int) segment.byteSize()));
    }

    @Override
    public int setsockopt(int fd, int level, int name, int value) {
        return (int)
                call((a, s) ->
                        (int)
                                setsockopt.invokeExact(
                                        s, fd, level, name, a.allocateFrom(JAVA_INT, value), 4));
    }

    @Override
    public int eventfd() {
        return (int) call((_, s) -> (int) eventfd.invokeExact(s, 0, EFD_NONBLOCK_CLOEXEC));
    }

    @Override
    public ByteBuffer map(int fd, int bytes) {
        long address =
                call((_, s) ->
                        ((MemorySegment)
                                        mmap.invokeExact(
                                                s,
                                                MemorySegment.NULL,
                                                (long) bytes,
                                                PROT_READ_WRITE,
                                                MAP_SHARED,
                                                fd,
                                                0L))
                                .address());
        if (address < 0) {
            throw refused((int) -address, "Mapping a descriptor");
        }
        // Unmapped by the collector, so that a late reader can never touch memory that is gone.
        return MemorySegment.ofAddress(address)
                .reinterpret(bytes, Arena.ofAuto(), this::unmap)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    private void unmap(MemorySegment segment) {
        call((_, s) -> (int) munmap.invokeExact(s, segment, segment.byteSize()));
    }

    @Override
    public int bpf(int command, ByteBuffer attributes) {
        MemorySegment segment = MemorySegment.ofBuffer(attributes);
        return (int)
                call((_, s) ->
                        (long)
                                syscallOf.invokeExact(
                                        s, SYS_BPF, (long) command, segment, segment.byteSize()));
    }

    @Override
    public int pidfdOpen(long pid) {
        return syscall(SYS_PIDFD_OPEN, pid, 0, 0);
    }

    @Override
    public int pidfdGetfd(int pidfd, int fd) {
        return syscall(SYS_PIDFD_GETFD, pidfd, fd, 0);
    }

    private int syscall(long number, long a, long b, long c) {
        return (int) call((_, s) -> (long) syscall.invokeExact(s, number, a, b, c));
    }

    @Override
    public long monotonicNanos() {
        return call((arena, state) -> {
            MemorySegment time = arena.allocate(16, 8);
            int _ = (int) clock.invokeExact(state, CLOCK_MONOTONIC, time);
            return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
        });
    }

    @Override
    public long address(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address();
    }

    @Override
    public String describe(int errno) {
        try {
            return ((MemorySegment) strerror.invokeExact(errno)).reinterpret(256).getString(0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("A native call throws nothing", e);
        }
    }
}
