package dev.drover.net;

import java.nio.ByteBuffer;

/**
 * The system calls that this package uses, in plain Java types. Each returns what the call returns,
 * or the negated errno. Buffers are direct, in native byte order; what lies between position and
 * limit is used, and neither is moved. Thread-safe.
 */
interface Kernel {
    /** Of fcntl.h. */
    int O_RDWR = 2;

    /** Of fcntl.h. */
    int O_NONBLOCK = 0x800;

    /** Of fcntl.h. */
    int O_CLOEXEC = 0x80000;

    /** Of asm-generic/errno-base.h. */
    int ENOENT = 2;

    /** Of asm-generic/errno-base.h. */
    int EAGAIN = 11;

    /** Of asm-generic/errno-base.h. */
    int EBUSY = 16;

    /** Of asm-generic/errno-base.h. */
    int EEXIST = 17;

    /** Of asm-generic/errno-base.h. */
    int ENODEV = 19;

    /** Of asm-generic/errno-base.h. */
    int EINVAL = 22;

    /** Of asm-generic/errno.h. */
    int ENOBUFS = 105;

    int open(String path, int flags);

    int close(int fd);

    int ioctl(int fd, long request, long argument);

    int ioctl(int fd, long request, ByteBuffer argument);

    int read(int fd, ByteBuffer into);

    int write(int fd, ByteBuffer from);

    /**
     * Waits until one of the descriptors is readable or broken.
     *
     * @param millis how long at most; 0 looks only, -1 waits without limit
     * @return bit n is set when the n-th descriptor is ready; 0 also when a signal interrupted
     */
    long poll(int millis, int... fds);

    int socket(int domain, int type, int protocol);

    int bind(int fd, ByteBuffer address);

    int setsockopt(int fd, int level, int name, int value);

    /** A non-blocking eventfd(2) with the count 0. */
    int eventfd();

    /** Maps the descriptor's first bytes, shared, for reading and writing, while reachable. */
    ByteBuffer map(int fd, int bytes);

    int bpf(int command, ByteBuffer attributes);

    int pidfdOpen(long pid);

    int pidfdGetfd(int pidfd, int fd);

    /** CLOCK_MONOTONIC in nanoseconds: the clock of the eBPF helper bpf_ktime_get_ns. */
    long monotonicNanos();

    /** Where a direct buffer begins. The caller keeps the buffer reachable. */
    long address(ByteBuffer direct);

    /** The text of strerror(3). */
    String describe(int errno);

    /**
     * Passes a result on.
     *
     * @param doing what was tried, as the beginning of a sentence
     * @throws KernelException when the result is a negated errno
     */
    default int check(int result, String doing) {
        if (result < 0) {
            throw refused(-result, doing);
        }
        return result;
    }

    /** The exception for an errno. */
    default KernelException refused(int errno, String doing) {
        String advice = errno == 1 || errno == 13 ? "; Drover's agent needs root" : "";
        return new KernelException(
                doing + " failed: " + describe(errno) + " (errno " + errno + ")" + advice, errno);
    }
}
