package dev.drover.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Copies extents from one export to another, by one thread, many requests in flight on both sides.
 * Holds its buffers ({@code inFlight} times {@code requestBytes}) for the next copy.
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
    private final List<ByteBuffer> buffers;

    ExtentCopy(CopySettings settings) {
        this.settings = settings;
        int size = settings.requestBytes();
        ByteBuffer memory = ByteBuffer.allocateDirect(settings.inFlight() * size);
        buffers = new ArrayList<>(settings.inFlight());
        for (int i = 0; i < settings.inFlight(); i++) {
            buffers.add(memory.slice(i * size, size));
        }
    }

    /**
     * Copies; whatever was started is awaited on return. After an exception the connections must be
     * closed: requests may still be under way.
     *
     * @param done is told how many bytes are done, after each piece
     * @throws InterruptedException if the thread is interrupted
     */
    Outcome copy(
            NbdClient source,
            NbdClient target,
            List<Extent> extents,
            Zeros zeros,
            LongConsumer done)
            throws IOException, InterruptedException {
        Run run = new Run(source, target, zeros, done);
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
        long bytes = extents.stream().mapToLong(Extent::length).sum();
        long lastEnd = extents.isEmpty() ? 0 : extents.getLast().end();
        return new Outcome(bytes, lastEnd, run.sentBytes, run.writtenBytes, run.blocks);
    }

    /** One copy. */
    private final class Run {
        private final NbdClient source;
        private final NbdClient target;
        private final Zeros zeros;
        private final LongConsumer done;

        /** In the order of their buffers, which are used by turns. */
        private final ArrayDeque<NbdRequest> reading = new ArrayDeque<>();

        private final ArrayDeque<NbdRequest> writing = new ArrayDeque<>();
        private long started;
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
                throw new InterruptedException("Copying was interrupted at offset " + offset);
            }
            if (reading.size() == buffers.size()) {
                writeOldest();
            }
            reading.add(source.startRead(offset, buffer(started++).slice(0, length)));
        }

        void finish() throws IOException {
            while (!reading.isEmpty()) {
                writeOldest();
            }
            while (!writing.isEmpty()) {
                target.await(writing.removeFirst());
            }
        }

        private ByteBuffer buffer(long piece) {
            return buffers.get((int) (piece % buffers.size()));
        }

        /** Awaits the oldest read and starts to write what it brought; its buffer is free then. */
        private void writeOldest() throws IOException {
            ByteBuffer content = buffer(started - reading.size());
            NbdRequest read = reading.removeFirst();
            source.await(read);
            int length = (int) read.length();
            sentBytes += read.dataBytes();
            MemorySegment memory = MemorySegment.ofBuffer(content);
            int from = 0;
            boolean zero = isZero(memory, read, 0);
            for (int at = blockEnd(read, 0); at < length; at = blockEnd(read, at)) {
                boolean next = isZero(memory, read, at);
                if (next != zero) {
                    write(read.offset() + from, content.slice(from, at - from), zero);
                    from = at;
                    zero = next;
                }
            }
            write(read.offset() + from, content.slice(from, length - from), zero);
            doneBytes += length;
            done.accept(doneBytes);
        }

        private void write(long offset, ByteBuffer content, boolean zero) throws IOException {
            if (zero && zeros == Zeros.LEAVE) {
                return;
            }
            if (writing.size() == settings.inFlight()) {
                target.await(writing.removeFirst());
            }
            if (zero) {
                writing.add(target.startWriteZeroes(offset, content.remaining()));
                return;
            }
            blocks++;
            writtenBytes += content.remaining();
            writing.add(target.startWrite(offset, content));
        }

        private boolean isZero(MemorySegment memory, NbdRequest read, int from) {
            return ZeroBlocks.isZero(memory, from, blockEnd(read, from));
        }

        /** Blocks end at multiples of their size on the disk, not in the buffer. */
        private int blockEnd(NbdRequest read, int from) {
            int block = settings.zeroBytes();
            long end = ((read.offset() + from) / block + 1) * block - read.offset();
            return (int) Math.min(end, read.length());
        }
    }
}
