package dev.drover.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A migration stream between QEMU and the streams to the other host. Thread-safe.
 *
 * <p>QEMU has one end of a pair of sockets, we have the other. Two platform threads copy: {@code
 * forward} the memory, {@code back} the return path. On the source the forward thread reads only as
 * many pages as it is permitted. QEMU's end keeps next to nothing unread ({@link #UNREAD_BYTES}),
 * and QEMU flushes at the end of each round before it looks for dirty pages again; so a QEMU whose
 * stream is not read stands still in the middle of the round.
 */
final class MemoryChannel implements AutoCloseable {
    /**
     * The most that QEMU may have written unread with the least send buffer (SOCK_MIN_SNDBUF,
     * 4608): the kernel keeps two messages of half of it less 64 (unix_stream_sendmsg,
     * net/unix/af_unix.c).
     */
    static final int UNREAD_BYTES = 4608;

    private static final int CHUNK_BYTES = 256 << 10;
    private static final long UNLIMITED = Long.MAX_VALUE;

    /** What is written is flushed when QEMU has had nothing more to say for this long. */
    private static final int QUIET_MILLIS = 1;

    private final int ours;
    private final int theirs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final RamStream stream = new RamStream();
    private long permitted;
    private boolean waiting;
    private boolean closed;
    private boolean passed;
    private int threads;
    private long bytes;

    private MemoryChannel(int ours, int theirs, long permitted) {
        this.ours = ours;
        this.theirs = theirs;
        this.permitted = permitted;
    }

    /** For a source: nothing flows past the first page's header before {@link #permit}. */
    static MemoryChannel held() throws IOException {
        int[] pair = Posix.socketPair();
        Posix.setSendBuffer(pair[1], 1);
        return new MemoryChannel(pair[0], pair[1], 0);
    }

    /** For a target: everything flows. */
    static MemoryChannel open() throws IOException {
        int[] pair = Posix.socketPair();
        return new MemoryChannel(pair[0], pair[1], UNLIMITED);
    }

    /** What the copying threads tell. */
    interface Ends {
        /** A stream broke. */
        void broken(IOException cause);

        /** The return path ended. */
        void returnPathEnded();

        /** QEMU has said all; it was written and flushed. */
        default void memoryEnded() {}
    }

    /** QEMU's end, to be passed to it. */
    int descriptor() {
        return theirs;
    }

    /** Lets go of QEMU's end, so that its hanging up is seen. */
    void letGo() {
        lock.lock();
        try {
            if (!passed) {
                passed = true;
                Posix.close(theirs);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Begins to copy.
     *
     * @param fromQemu where goes what QEMU says
     * @param toQemu where comes from what QEMU hears
     */
    void start(String name, OutputStream fromQemu, InputStream toQemu, Ends ends) {
        threads = 2;
        Thread.ofPlatform()
                .daemon()
                .name("from-qemu-" + name)
                .start(() ->
                        copying(
                                ends,
                                () -> {
                                    copyFromQemu(fromQemu);
                                    ends.memoryEnded();
                                }));
        Thread.ofPlatform()
                .daemon()
                .name("to-qemu-" + name)
                .start(() -> copying(ends, () -> copyToQemu(toQemu, ends)));
    }

    /** Bytes that have come from QEMU. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Pages that have gone by. */
    long pages() {
        lock.lock();
        try {
            return stream.pages();
        } finally {
            lock.unlock();
        }
    }

    /** Lets this many pages go by in all, and the header of the next. Never takes back. */
    void permit(long pages) {
        lock.lock();
        try {
            permitted = Math.max(permitted, pages);
            waiting = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets everything flow, and fast. */
    void release() {
        lock.lock();
        try {
            if (!passed) {
                Posix.setSendBuffer(theirs, CHUNK_BYTES);
            }
        } catch (IOException _) {
            // Slower then.
        } finally {
            lock.unlock();
        }
        letGo();
        permit(UNLIMITED);
    }

    /**
     * Blocks until all that was permitted has gone by: the next page's header has been read.
     *
     * @return false when it has not within {@code atMost}, or the channel was closed
     */
    boolean awaitHeld(Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (!waiting && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Ends both directions for QEMU; the threads end and take the sockets with them. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                Posix.shutdown(ours);
                changed.signalAll();
                letGo();
                threadEnded(0);
            }
        } finally {
            lock.unlock();
        }
    }

    private interface Copy {
        void run() throws IOException, InterruptedException;
    }

    private void copying(Ends ends, Copy copy) {
        try {
            copy.run();
        } catch (IOException e) {
            ends.broken(e);
            Posix.shutdown(ours);
        } catch (InterruptedException e) {
            Posix.shutdown(ours);
        } finally {
            threadEnded(1);
        }
    }

    /** The last one out closes the socket. */
    private void threadEnded(int ended) {
        lock.lock();
        try {
            threads -= ended;
            if (threads == 0) {
                threads = -1;
                closed = true;
                letGo();
                Posix.close(ours);
            }
        } finally {
            lock.unlock();
        }
    }

    private void copyFromQemu(OutputStream out) throws IOException, InterruptedException {
        byte[] array = new byte[CHUNK_BYTES];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK_BYTES);
            boolean unflushed = false;
            while (true) {
                int room = (int) Math.min(CHUNK_BYTES, permittedBytes());
                if (unflushed && (room == 0 || !Posix.readable(ours, QUIET_MILLIS))) {
                    out.flush();
                    unflushed = false;
                }
                room = room == 0 ? awaitPermission() : room;
                int length = room == 0 ? 0 : Posix.read(ours, buffer, room);
                if (length == 0) {
                    out.flush();
                    return;
                }
                MemorySegment.ofArray(array).copyFrom(buffer.asSlice(0, length));
                note(array, length);
                out.write(array, 0, length);
                unflushed = true;
            }
        }
    }

    private long permittedBytes() {
        lock.lock();
        try {
            return permitted == UNLIMITED ? UNLIMITED : stream.certain(permitted);
        } finally {
            lock.unlock();
        }
    }

    /** The bytes that may be read; 0 when the channel was closed. */
    private int awaitPermission() throws InterruptedException {
        lock.lock();
        try {
            long room;
            while ((room = permittedBytes()) == 0 && !closed) {
                waiting = true;
                changed.signalAll();
                changed.await();
            }
            return (int) Math.min(CHUNK_BYTES, room);
        } finally {
            lock.unlock();
        }
    }

    private void note(byte[] array, int length) throws IOException {
        lock.lock();
        try {
            bytes += length;
            if (permitted != UNLIMITED) {
                stream.accept(ByteBuffer.wrap(array, 0, length));
            }
        } finally {
            lock.unlock();
        }
    }

    private void copyToQemu(InputStream in, Ends ends) throws IOException {
        byte[] array = new byte[CHUNK_BYTES];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK_BYTES);
            int length;
            while ((length = in.read(array)) >= 0) {
                buffer.asSlice(0, length).copyFrom(MemorySegment.ofArray(array).asSlice(0, length));
                Posix.send(ours, buffer, length);
            }
        }
        Posix.shutdownOutput(ours);
        ends.returnPathEnded();
    }
}
