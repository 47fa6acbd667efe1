package dev.drover.api.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * The first thing that each side says on a connection, the connecting side first: a length of four
 * bytes (big-endian), then JSON. This much never changes between versions.
 */
final class Greeting {
    /** The version that this code speaks; it understands the one before as well. */
    static final int VERSION = 1;

    private static final int MOST_BYTES = 1 << 20;

    private Greeting() {}

    /**
     * What the connecting side says.
     *
     * @param version the newest that it speaks
     * @param stream what the connection is for: a stream for this purpose, or, empty, calls
     * @param header of the stream
     */
    record Hello(int version, Optional<String> stream, JsonNode header) {}

    /**
     * What the accepting side answers.
     *
     * @param version the newest that it speaks
     * @param refusal empty when the connection is accepted
     */
    record Welcome(int version, Optional<Refusal> refusal) {}

    /**
     * Why a connection is not accepted.
     *
     * @param kind simple name of an exception's class
     * @param message for people
     */
    record Refusal(String kind, String message) {}

    /** The version that both sides speak; empty when they are more than one apart. */
    static OptionalInt agreed(int one, int other) {
        return Math.abs(one - other) <= 1
                ? OptionalInt.of(Math.min(one, other))
                : OptionalInt.empty();
    }

    /** For either side's message when there is no such version. */
    static String disagreement(int mine, int theirs) {
        return ("speaks version %d of the protocol, this side %d, and they may differ by one only;"
                        + " update the older side")
                .formatted(theirs, mine);
    }

    static void write(OutputStream out, Record greeting) throws IOException {
        byte[] json = Json.write(greeting);
        if (json.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "A stream's header has at most 1 MiB, not " + json.length + " bytes");
        }
        out.write(ByteBuffer.allocate(4 + json.length).putInt(json.length).put(json).array());
        out.flush();
    }

    static <T extends Record> T read(DataInputStream in, Class<T> type) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("The other side does not speak Drover's protocol");
        }
        byte[] json = new byte[length];
        in.readFully(json);
        try {
            return Json.read(json, type);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "The other side's greeting makes no sense: " + new String(json, UTF_8), e);
        }
    }
}
