package dev.drover.block;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;

/**
 * The bytes to and from an NBD server, buffered both ways so that a burst of small requests or
 * replies costs one system call. One thread at a time; {@link #close} from any.
 */
final class Wire implements Closeable {
    private static final int BUFFER_BYTES = 64 << 10;

    /** A payload up to this size is copied to its header instead of sent beside it. */
    private static final int COPY_BYTES = 8 << 10;

    private final ByteChannel channel;
    private final ByteBuffer in;
    private final ByteBuffer out;

    Wire(ByteChannel channel) {
        this.channel = channel;
        boolean heap = channel instanceof StreamChannel;
        in = heap ? ByteBuffer.allocate(BUFFER_BYTES) : ByteBuffer.allocateDirect(BUFFER_BYTES);
        out = heap ? ByteBuffer.allocate(BUFFER_BYTES) : ByteBuffer.allocateDirect(BUFFER_BYTES);
        in.flip();
    }

    short readShort() throws IOException {
        need(Short.BYTES);
        return in.getShort();
    }

    int readInt() throws IOException {
        need(Integer.BYTES);
        return in.getInt();
    }

    long readLong() throws IOException {
        need(Long.BYTES);
        return in.getLong();
    }

    /** Fills {@code into} completely. */
    void read(ByteBuffer into) throws IOException {
        int buffered = Math.min(in.remaining(), into.remaining());
        into.put(into.position(), in, in.position(), buffered);
        into.position(into.position() + buffered);
        in.position(in.position() + buffered);
        while (into.remaining() >= BUFFER_BYTES) {
            receive(into);
        }
        while (into.hasRemaining()) {
            need(1);
            int count = Math.min(in.remaining(), into.remaining());
            into.put(into.position(), in, in.position(), count);
            into.position(into.position() + count);
            in.position(in.position() + count);
        }
    }

    byte[] read(int count) throws IOException {
        byte[] bytes = new byte[count];
        read(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** The buffer to put up to {@code count} bytes into (at most 64 KiB); {@link #flush} sends. */
    ByteBuffer room(int count) throws IOException {
        if (out.remaining() < count) {
            send();
        }
        return out;
    }

    /** Sends the buffer and {@code payload}; only a small payload may wait for {@link #flush}. */
    void write(ByteBuffer payload) throws IOException {
        if (payload.remaining() <= COPY_BYTES) {
            room(payload.remaining()).put(payload);
            return;
        }
        if (channel instanceof GatheringByteChannel gathering) {
            out.flip();
            ByteBuffer[] both = {out, payload};
            while (out.hasRemaining() || payload.hasRemaining()) {
                long _ = gathering.write(both);
            }
            out.clear();
            return;
        }
        send();
        while (payload.hasRemaining()) {
            int _ = channel.write(payload);
        }
        flush();
    }

    void flush() throws IOException {
        send();
        if (channel instanceof StreamChannel stream) {
            stream.flush();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void send() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            int _ = channel.write(out);
        }
        out.clear();
    }

    private void need(int count) throws IOException {
        if (in.remaining() >= count) {
            return;
        }
        in.compact();
        try {
            while (in.position() < count) {
                receive(in);
            }
        } finally {
            in.flip();
        }
    }

    private void receive(ByteBuffer into) throws IOException {
        if (channel.read(into) < 0) {
            throw new EOFException("The server closed the connection");
        }
    }
}
