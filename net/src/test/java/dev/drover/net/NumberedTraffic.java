package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testkit.net.GateBench;
import dev.drover.testkit.net.NumberedFrame;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends numbered frames to the VM at a steady rate from a thread that stays on one processor: one
 * that wandered could itself change their order.
 */
@SuppressWarnings("restricted")
final class NumberedTraffic implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SET_AFFINITY =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("sched_setaffinity"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS));

    private static final int MOST_BEHIND = 20;

    private final Wire wire;
    private final String source;
    private final long first;
    private final long gapNanos;
    private final Thread thread;
    private volatile boolean ended;
    private volatile long sent;

    /**
     * Starts to send.
     *
     * @param stream which of several: 0, 1, ...; also chooses the processor
     */
    NumberedTraffic(Wire wire, int stream, int perSecond) {
        this.wire = wire;
        this.source = "52:54:00:d0:0e:1" + stream;
        this.first = (long) stream << 32;
        this.gapNanos = 1_000_000_000L / perSecond;
        thread = Thread.ofPlatform().daemon().name("traffic-" + stream).start(() -> run(stream));
    }

    private void run(int stream) {
        stayOn(stream % Runtime.getRuntime().availableProcessors());
        byte[] bytes = NumberedFrame.of(GateBench.MAC, source, first).bytes();
        int header = Tun.HEADER_BYTES;
        ByteBuffer frame = Buffers.zeroed(bytes.length - header);
        frame.put(0, bytes, header, bytes.length - header);
        long next = System.nanoTime();
        for (long count = 1; !ended; count++) {
            frame.order(ByteOrder.BIG_ENDIAN).putLong(14, first + count);
            wire.send(frame);
            sent = count;
            // After a stall it does not catch up: a burst would overrun the kernel's own backlog.
            next = Math.max(next + gapNanos, System.nanoTime() - MOST_BEHIND * gapNanos);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private static void stayOn(int processor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L << processor);
            int result = (int) SET_AFFINITY.invokeExact(0, 8L, mask);
            if (result != 0) {
                throw new IllegalStateException("Cannot choose the processor");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Ends; the number of frames sent. */
    long end() {
        close();
        return sent;
    }

    /** Of what was received, this stream's frames are all there, once, in order. */
    void assertWhole(List<Long> received) {
        long expected = first + 1;
        for (int at = 0; at < received.size(); at++) {
            long number = received.get(at);
            if (number >>> 32 != first >>> 32) {
                continue;
            }
            assertThat(number).as("frame %s of those received", at).isEqualTo(expected++);
        }
        assertThat(expected - first - 1).as("frames received").isEqualTo(sent);
    }

    /** Where the numbers received do not follow each other. For one stream. */
    String gaps(List<Long> received) {
        StringBuilder text = new StringBuilder(received.size() + " of " + sent + ", gaps:");
        long expected = first + 1;
        for (long number : List.copyOf(received)) {
            if (number != expected) {
                text.append(' ').append(expected).append("..").append(number);
            }
            expected = number + 1;
        }
        return text.toString();
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
