package dev.drover.api.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * What travels on a connection for calls, both ways: four bytes of length of what follows, one of
 * {@link Kind}, eight of id, two of length of the verb, the verb in UTF-8, the body; big-endian.
 *
 * @param id ties an answer to its call; each side counts its own calls
 * @param verb of a call or told message; kind of a failure; else empty
 * @param body JSON in UTF-8; of a failure its message as a JSON string
 */
record Frame(Kind kind, long id, String verb, byte[] body) {
    /** What a body and its frame may have in all, in bytes: bulk data belongs into a stream. */
    static final int MOST_BYTES = 64 << 20;

    /** Says that its sender lives. */
    static final Frame ALIVE = new Frame(Kind.ALIVE, 0, "", new byte[0]);

    private static final int HEADER = 1 + 8 + 2;
    private static final Kind[] KINDS = Kind.values();

    /** What a frame is; what it does is in {@link Peer}. */
    enum Kind {
        CALL(1),
        TELL(2),
        ANSWER(3),
        FAILURE(4),
        CANCEL(5),
        ALIVE(6);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        static Kind of(byte code) throws IOException {
            for (Kind kind : KINDS) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IOException("A frame of kind " + code + " is not of this protocol");
        }
    }

    /** Throws {@link IllegalArgumentException} when it is too large to be sent. */
    Frame {
        if (body.length > MOST_BYTES - HEADER - Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "A message has at most 64 MiB, not "
                            + body.length
                            + " bytes; send it as a stream");
        }
    }

    static Frame cancel(long id) {
        return new Frame(Kind.CANCEL, id, "", new byte[0]);
    }

    void write(OutputStream out) throws IOException {
        byte[] name = verb.getBytes(UTF_8);
        int length = HEADER + name.length + body.length;
        out.write(
                ByteBuffer.allocate(4 + HEADER + name.length)
                        .putInt(length)
                        .put(kind.code)
                        .putLong(id)
                        .putShort((short) name.length)
                        .put(name)
                        .array());
        out.write(body);
    }

    static Frame read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < HEADER || length > MOST_BYTES) {
            throw new IOException("A frame of " + length + " bytes is not of this protocol");
        }
        Kind kind = Kind.of(in.readByte());
        long id = in.readLong();
        int name = in.readShort();
        if (name < 0 || name > length - HEADER) {
            throw new IOException("A verb of " + name + " bytes is not of this protocol");
        }
        byte[] verb = new byte[name];
        in.readFully(verb);
        byte[] body = new byte[length - HEADER - name];
        in.readFully(body);
        return new Frame(kind, id, new String(verb, UTF_8), body);
    }
}
