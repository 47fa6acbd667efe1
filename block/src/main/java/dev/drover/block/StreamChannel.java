package dev.drover.block;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A pair of streams as a channel. Unlike {@link java.nio.channels.Channels} it moves large pieces,
 * lets one thread read while another writes, and can be flushed.
 */
final class StreamChannel implements ByteChannel, Flushable {
    private static final int SCRATCH_BYTES = 256 << 10;

    private final InputStream in;
    private final OutputStream out;
    private final Closeable transport;
    private final byte[] inScratch = new byte[SCRATCH_BYTES];
    private final byte[] outScratch = new byte[SCRATCH_BYTES];
    private final AtomicBoolean open = new AtomicBoolean(true);

    StreamChannel(InputStream in, OutputStream out, Closeable transport) {
        this.in = in;
        this.out = out;
        this.transport = transport;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (into.hasArray()) {
            int count =
                    in.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
            into.position(into.position() + Math.max(count, 0));
            return count;
        }
        int count = in.read(inScratch, 0, Math.min(into.remaining(), SCRATCH_BYTES));
        if (count > 0) {
            into.put(inScratch, 0, count);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int all = from.remaining();
        if (from.hasArray()) {
            out.write(from.array(), from.arrayOffset() + from.position(), all);
            from.position(from.limit());
        }
        while (from.hasRemaining()) {
            int count = Math.min(from.remaining(), SCRATCH_BYTES);
            from.get(outScratch, 0, count);
            out.write(outScratch, 0, count);
        }
        return all;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public boolean isOpen() {
        return open.get();
    }

    @Override
    public void close() throws IOException {
        if (open.getAndSet(false)) {
            transport.close();
        }
    }
}
