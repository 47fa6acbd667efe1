package dev.drover.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;

/**
 * What the gate's programs in the kernel and the agent share: the value of a one-element array map
 * that is mapped into this process. A change is one memory write. Thread-safe.
 */
final class GateMap implements AutoCloseable {
    /** Byte offsets of the 64-bit words. {@link GateWord}. */
    static final int WORD = 0;

    /** CLOCK_MONOTONIC nanoseconds at which the lease ends. */
    static final int DEADLINE = 8;

    /** Times that the lease ran out with a frame at the gate. */
    static final int EXPIRED = 16;

    /** 1: the VM's frames are dropped. */
    static final int SHUT = 24;

    /** Frames of the VM that were dropped. */
    static final int SHUT_DROPPED = 32;

    /** Reverse ARP frames that the VM's own tap let out. */
    static final int OWN_ANNOUNCEMENTS = 40;

    /** Frames captured. */
    static final int HELD = 48;

    private static final int VALUE_BYTES = 64;

    private static final VarHandle LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final Kernel kernel;
    private final Descriptor descriptor;
    private final ByteBuffer memory;

    GateMap(Kernel kernel) {
        this.kernel = kernel;
        int fd = BpfCalls.createMap(kernel, VALUE_BYTES);
        descriptor = new Descriptor(kernel, fd, "gate's map");
        memory = kernel.map(fd, 4096);
    }

    int fd() {
        return descriptor.number();
    }

    long word() {
        return get(WORD);
    }

    long get(int offset) {
        return (long) LONG.getVolatile(memory, offset);
    }

    void set(int offset, long value) {
        LONG.setVolatile(memory, offset, value);
    }

    boolean replaceWord(long expected, long replacement) {
        return LONG.compareAndSet(memory, WORD, expected, replacement);
    }

    /** Changes the word; the change is made again when the kernel was faster. */
    long updateWord(LongUnaryOperator change) {
        while (true) {
            long word = word();
            long replacement = change.applyAsLong(word);
            if (replacement == word || replaceWord(word, replacement)) {
                return replacement;
            }
        }
    }

    /** Notes that something of this weight has left the capture. */
    void left(int weight) {
        updateWord(word -> GateWord.withOut(word, GateWord.out(word) + weight));
    }

    void startLease(long nanos) {
        set(DEADLINE, kernel.monotonicNanos() + nanos);
    }

    /** The programs keep the map alive for as long as they are attached; so does the mapping. */
    @Override
    public void close() {
        descriptor.close();
    }
}
