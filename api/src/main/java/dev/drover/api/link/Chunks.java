package dev.drover.api.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * What travels on a stream, in each direction: chunks, each a length of four bytes (big-endian) and
 * so many bytes; then a length of 0 where the sender ended, or of -1, a length and a message in
 * UTF-8 where it failed. So each direction ends by itself, and a sender that died is not taken for
 * one that was done.
 */
final class Chunks {
    private static final int END = 0;
    private static final int FAILED = -1;

    /** With its length it fills four TLS records of 2^14 bytes (RFC 8446, 5.1) exactly. */
    private static final int CHUNK = (64 << 10) - 4;

    private static final int MOST_CHUNK = 1 << 20;
    private static final int MOST_MESSAGE = 4096;

    private Chunks() {}

    /** What must happen before a stream is used for the first time. */
    interface FirstUse {
        /** Idempotent; any thread. */
        void take() throws IOException;
    }

    /** One thread at a time. */
    static final class Output extends OutputStream {
        private final OutputStream out;
        private final FirstUse first;
        private final byte[] chunk = new byte[4 + CHUNK];
        private int filled = 4;
        private boolean ended;

        Output(OutputStream out, FirstUse first) {
            this.out = out;
            this.first = first;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (ended) {
                throw new IOException("This stream's output was ended already");
            }
            first.take();
            int from = offset;
            int end = offset + length;
            while (from < end) {
                int some = Math.min(end - from, chunk.length - filled);
                System.arraycopy(bytes, from, chunk, filled, some);
                filled += some;
                from += some;
                if (filled == chunk.length) {
                    send();
                }
            }
        }

        @Override
        public void flush() throws IOException {
            first.take();
            if (filled > 4) {
                send();
            }
        }

        /** Ends this direction in order. Idempotent. */
        @Override
        public void close() throws IOException {
            if (!ended) {
                flush();
                ended = true;
                out.write(new byte[4], 0, 4); // END
                out.flush();
            }
        }

        /** Ends this direction by saying why it goes no further. */
        void fail(String message) throws IOException {
            if (!ended) {
                ended = true;
                byte[] full = message.getBytes(UTF_8);
                int length = Math.min(full.length, MOST_MESSAGE);
                var bytes = ByteBuffer.allocate(8 + length).putInt(FAILED).putInt(length);
                out.write(bytes.put(full, 0, length).array());
                out.flush();
            }
        }

        private void send() throws IOException {
            ByteBuffer.wrap(chunk).putInt(filled - 4);
            int length = filled;
            filled = 4;
            out.write(chunk, 0, length);
        }
    }

    /** One thread at a time. */
    static final class Input extends InputStream {
        private final DataInputStream in;
        private final FirstUse first;
        private int left;
        private boolean ended;

        Input(DataInputStream in, FirstUse first) {
            this.in = in;
            this.first = first;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            first.take();
            if (length == 0) {
                return 0;
            }
            if (left == 0 && !ended) {
                next();
            }
            if (ended) {
                return -1;
            }
            int got = in.read(bytes, offset, Math.min(length, left));
            if (got < 0) {
                throw died(new EOFException());
            }
            left -= got;
            return got;
        }

        @Override
        public int available() throws IOException {
            return Math.min(left, in.available());
        }

        private void next() throws IOException {
            try {
                left = in.readInt();
                if (left == FAILED) {
                    byte[] message = new byte[Math.clamp(in.readInt(), 0, MOST_MESSAGE)];
                    in.readFully(message);
                    throw new IOException("The other side failed: " + new String(message, UTF_8));
                }
            } catch (EOFException e) {
                throw died(e);
            }
            if (left < 0 || left > MOST_CHUNK) {
                throw new IOException("A chunk of " + left + " bytes is not of this protocol");
            }
            ended = left == END;
        }

        private static IOException died(EOFException e) {
            return new IOException("The other side broke the stream off, or died", e);
        }
    }
}
