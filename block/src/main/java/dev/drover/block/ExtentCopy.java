package dev.drover.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Copies extents from one export to another, by one thread, many requests in flight on both sides:
 * a ring of buffers, each in turn being read, written, and free again. Holds its buffers (twice
 * {@code inFlight} times {@code requestBytes}) for the next copy.
 */
final class ExtentCopy {
    /** What becomes of zeros found in the source. */
    enum Zeros {
        /** Nothing: the target reads as zeros already. */
        LEAVE,
        /** They are written as such, and may become holes. */
        WRITE
    }

    private final CopySettings settings;
    private final List<Slot> ring;

    ExtentCopy(CopySettings settings) {
        this.settings = settings;
        int slots = 2 * settings.inFlight();
        ByteBuffer memory = ByteBuffer.allocateDirect(slots * settings.requestBytes());
        ring = new ArrayList<>(slots);
        for (int i = 0; i < slots; i++) {
            ring.add(new Slot(memory.slice(i * settings.requestBytes(), settings.requestBytes())));
        }
    }

    /**
     * Copies; whatever was started is awaited on return. After an exception the connections must be
     * closed: requests may still be under way.
     *
     * @param done is told how many bytes are done, after each piece
     * @throws InterruptedException if the thread is interrupted, the connections then being closed
     *     or about to be
     */
    Outcome copy(
            NbdClient source,
            NbdClient target,
            List<Extent> extents,
            Zeros zeros,
            LongConsumer done)
            throws IOException, InterruptedException {
        ring.forEach(slot -> slot.writes.clear());
        Run run = new Run(source, target, zeros, done);
        try {
            for (Extent extent : extents) {
                for (long at = extent.offset(); at < extent.end(); ) {
                    // Pieces end at multiples of their size, so that they fit the clusters.
                    long next = (at / settings.requestBytes() + 1) * settings.requestBytes();
                    long end = Math.min(next, extent.end());
                    run.read(at, (int) (end - at));
                    at = end;
                }
            }
            run.finish();
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw Interruption.of(e);
            }
            throw e;
        }
        long bytes = extents.stream().mapToLong(Extent::length).sum();
        long lastEnd = extents.isEmpty() ? 0 : extents.getLast().end();
        return new Outcome(bytes, lastEnd, run.sentBytes, run.writtenBytes, run.blocks);
    }

    /** A buffer and what is under way with it. */
    private static final class Slot {
        private final ByteBuffer buffer;
        private final MemorySegment memory;
        private final List<NbdRequest> writes = new ArrayList<>();

        Slot(ByteBuffer buffer) {
            this.buffer = buffer;
            this.memory = MemorySegment.ofBuffer(buffer);
        }
    }

    /** One copy; piece number n uses slot n modulo the size of the ring. */
    private final class Run {
        private final NbdClient source;
        private final NbdClient target;
        private final Zeros zeros;
        private final LongConsumer done;
        private final ArrayDeque<NbdRequest> reading = new ArrayDeque<>();
        private long started;
        private long written;
        private long doneBytes;
        private long sentBytes;
        private long writtenBytes;
        private long blocks;

        Run(NbdClient source, NbdClient target, Zeros zeros, LongConsumer done) {
            this.source = source;
            this.target = target;
            this.zeros = zeros;
            this.done = done;
        }

        void read(long offset, int length) throws IOException, InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException("Copying ended at offset " + offset);
            }
            if (reading.size() == settings.inFlight()) {
                writeNext();
            }
            Slot slot = slot(started++);
            awaitWrites(slot);
            reading.add(source.startRead(offset, slot.buffer.slice(0, length)));
        }

        void finish() throws IOException {
            while (!reading.isEmpty()) {
                writeNext();
            }
            for (Slot slot : ring) {
                awaitWrites(slot);
            }
        }

        private Slot slot(long number) {
            return ring.get((int) (number % ring.size()));
        }

        private void awaitWrites(Slot slot) throws IOException {
            for (NbdRequest write : slot.writes) {
                target.await(write);
            }
            slot.writes.clear();
        }

        /** Awaits the oldest read and starts to write what it brought. */
        private void writeNext() throws IOException {
            Slot slot = slot(written++);
            NbdRequest read = reading.removeFirst();
            source.await(read);
            int length = (int) read.length();
            sentBytes += read.dataBytes();
            for (int from = 0; from < length; ) {
                boolean zero = isZero(slot, read.offset(), from, length);
                int to = blockEnd(read.offset(), from, length);
                while (to < length && isZero(slot, read.offset(), to, length) == zero) {
                    to = blockEnd(read.offset(), to, length);
                }
                write(slot, read.offset() + from, from, to - from, zero);
                from = to;
            }
            doneBytes += length;
            done.accept(doneBytes);
        }

        private void write(Slot slot, long offset, int from, int length, boolean zero)
                throws IOException {
            if (!zero) {
                slot.writes.add(target.startWrite(offset, slot.buffer.slice(from, length)));
                writtenBytes += length;
                blocks++;
            } else if (zeros == Zeros.WRITE) {
                slot.writes.add(target.startWriteZeroes(offset, length));
            }
        }

        private boolean isZero(Slot slot, long offset, int from, int length) {
            return ZeroBlocks.isZero(slot.memory, from, blockEnd(offset, from, length));
        }

        /** Blocks end at multiples of their size on the disk, not in the buffer. */
        private int blockEnd(long offset, int from, int length) {
            int block = settings.zeroBytes();
            long end = ((offset + from) / block + 1) * block - offset;
            return (int) Math.min(end, length);
        }
    }
}
