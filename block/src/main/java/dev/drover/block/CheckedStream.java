package dev.drover.block;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pair of streams whose content carries checksums: what comes out at the other end is what went
 * in, or an {@link IOException} comes in its place. Both ends must be checked. TLS vouches for its
 * own part of the way; this does for all of it, codecs and buffers included.
 *
 * <p>The format is Drover's own: pieces of a length (4 bytes, big-endian, 1 to {@value
 * #MOST_BYTES}), the CRC-32C of RFC 3720, appendix B.4 (4 bytes), and as many bytes. Each write
 * makes a piece, or several. The end of the stream between two pieces is its end; whoever needs to
 * know whether it came too early must see it from what is said.
 *
 * <p>One thread reads, one writes. Closing a stream closes the one below it.
 *
 * @param input what the other end wrote
 * @param output to the other end; flush after each burst
 */
public record CheckedStream(InputStream input, OutputStream output) {
    static final int MOST_BYTES = 1 << 20;
    private static final int HEAD_BYTES = 8;
    private static final Logger LOG = LoggerFactory.getLogger(CheckedStream.class);

    /** Over streams that must not be used beside it. */
    public static CheckedStream over(InputStream in, OutputStream out) {
        return new CheckedStream(new Reading(in), new Writing(out));
    }

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    private static final class Writing extends OutputStream {
        private final OutputStream out;

        Writing(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += MOST_BYTES) {
                int piece = Math.min(MOST_BYTES, length - done);
                out.write(
                        ByteBuffer.allocate(HEAD_BYTES)
                                .putInt(piece)
                                .putInt(checksum(bytes, offset + done, piece))
                                .array());
                out.write(bytes, offset + done, piece);
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private static final class Reading extends InputStream {
        private final InputStream in;
        private byte[] piece = new byte[0];
        private int given;

        Reading(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (given == piece.length && !next()) {
                return -1;
            }
            int part = Math.min(length, piece.length - given);
            System.arraycopy(piece, given, into, offset, part);
            given += part;
            return part;
        }

        /** Takes the next piece; false when there is none. */
        private boolean next() throws IOException {
            byte[] head = in.readNBytes(HEAD_BYTES);
            if (head.length == 0) {
                return false;
            }
            if (head.length < HEAD_BYTES) {
                throw new EOFException("The stream ends within the head of a piece");
            }
            int length = ByteBuffer.wrap(head).getInt();
            if (length < 1 || length > MOST_BYTES) {
                throw damaged("a piece of " + Integer.toUnsignedString(length) + " bytes");
            }
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("The stream ends within a piece");
            }
            if (checksum(bytes, 0, length) != ByteBuffer.wrap(head).getInt(Integer.BYTES)) {
                throw damaged("the checksum of a piece is wrong");
            }
            piece = bytes;
            given = 0;
            return true;
        }

        /** Also told at once: whoever reads may only see a stream that ended. */
        private static IOException damaged(String how) {
            LOG.error("A checked stream was damaged on its way: {}", how);
            return new IOException("The stream was damaged on its way: " + how);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
