package dev.drover.block;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads replies and hands each to the request whose handle it bears: the chunks of several requests
 * come interleaved, in any order. Whatever the specification forbids ends the connection; nothing
 * is written outside a request's buffer.
 */
final class ReplyReader {
    /** QEMU tells at most 1 MiB of extents at once; nbdkit less. */
    private static final int MAX_STATUS_BYTES = 16 << 20;

    private static final int EXTENT_BYTES = 2 * Integer.BYTES;
    private static final int ZERO_BYTES = 64 << 10;
    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(ZERO_BYTES).asReadOnlyBuffer();

    private final Wire wire;
    private final ExportInfo export;
    private final Map<Long, NbdRequest> inFlight;

    ReplyReader(Wire wire, ExportInfo export, Map<Long, NbdRequest> inFlight) {
        this.wire = wire;
        this.export = export;
        this.inFlight = inFlight;
    }

    /** Reads one reply or chunk; waits for it. */
    void readOne() throws IOException {
        int magic = wire.readInt();
        switch (magic) {
            case Nbd.SIMPLE_REPLY_MAGIC -> readSimpleReply();
            case Nbd.STRUCTURED_REPLY_MAGIC -> readChunk();
            default -> throw broken("a reply began with " + Integer.toHexString(magic));
        }
    }

    private void readSimpleReply() throws IOException {
        int error = wire.readInt();
        long handle = wire.readLong();
        NbdRequest request = requestOf(handle);
        if (error != 0) {
            request.fail(new NbdRequestException(export.where(), request, error, ""));
        } else if (request.command() == NbdCommand.READ) {
            if (export.structured()) {
                throw broken("a simple reply came to " + request);
            }
            wire.read(request.place(request.offset(), request.length(), true));
        } else if (request.command() == NbdCommand.BLOCK_STATUS) {
            throw broken("a simple reply came to " + request);
        }
        request.finish();
        inFlight.remove(handle);
    }

    private void readChunk() throws IOException {
        int flags = wire.readShort();
        int type = Short.toUnsignedInt(wire.readShort());
        long handle = wire.readLong();
        long length = Integer.toUnsignedLong(wire.readInt());
        NbdRequest request = requestOf(handle);
        if ((type & Nbd.REPLY_TYPE_FLAG_ERROR) != 0) {
            readError(request, type, length);
        } else {
            switch (type) {
                case Nbd.REPLY_TYPE_NONE -> check(length == 0, request, "NONE with content");
                case Nbd.REPLY_TYPE_OFFSET_DATA -> readData(request, length);
                case Nbd.REPLY_TYPE_OFFSET_HOLE -> readHole(request, length);
                case Nbd.REPLY_TYPE_BLOCK_STATUS -> readExtents(request, length);
                default -> throw broken("a chunk of unknown type " + type + " came to " + request);
            }
        }
        if ((flags & Nbd.REPLY_FLAG_DONE) != 0) {
            boolean whole = request.command() != NbdCommand.READ || request.isWhole();
            check(whole || request.error() != null, request, "chunks that are not the whole of it");
            request.finish();
            inFlight.remove(handle);
        }
    }

    private void readData(NbdRequest request, long length) throws IOException {
        check(length > Long.BYTES, request, "data of " + length + " bytes");
        long at = wire.readLong();
        long count = length - Long.BYTES;
        check(request.covers(at, count), request, count + " bytes of data at " + at);
        wire.read(request.place(at, count, true));
    }

    private void readHole(NbdRequest request, long length) throws IOException {
        check(length == Long.BYTES + Integer.BYTES, request, "a hole of odd form");
        long at = wire.readLong();
        long count = Integer.toUnsignedLong(wire.readInt());
        check(request.covers(at, count), request, "a hole of " + count + " bytes at " + at);
        ByteBuffer hole = request.place(at, count, false);
        while (hole.hasRemaining()) {
            hole.put(ZEROS.slice(0, Math.min(hole.remaining(), ZERO_BYTES)));
        }
    }

    /** Payload: number of the context, then length and flags of each extent in turn. */
    private void readExtents(NbdRequest request, long length) throws IOException {
        boolean wellFormed =
                request.command() == NbdCommand.BLOCK_STATUS
                        && length >= Integer.BYTES + EXTENT_BYTES
                        && length <= MAX_STATUS_BYTES
                        && (length - Integer.BYTES) % EXTENT_BYTES == 0;
        check(wellFormed, request, "block status of " + length + " bytes");
        int context = wire.readInt();
        check(export.contexts().containsKey(context), request, "context number " + context);
        check(request.extents(context).isEmpty(), request, "a context told twice");
        List<Extent> extents = new ArrayList<>();
        long at = request.offset();
        long end = request.offset() + request.length();
        for (long left = length - Integer.BYTES; left > 0; left -= EXTENT_BYTES) {
            long extent = Integer.toUnsignedLong(wire.readInt());
            int status = wire.readInt();
            check(extent > 0, request, "an empty extent");
            if (at < end) {
                // The last one may reach past what was asked for.
                extents.add(new Extent(at, Math.min(extent, end - at), status));
            }
            at += extent;
        }
        request.addExtents(context, extents);
    }

    /** Payload: error number, length of the message, the message, for some types more. */
    private void readError(NbdRequest request, int type, long length) throws IOException {
        int fixed = Integer.BYTES + Short.BYTES;
        check(length >= fixed && length <= 2L * Nbd.MAX_STRING, request, "an error of odd form");
        int error = wire.readInt();
        int text = Short.toUnsignedInt(wire.readShort());
        check(text <= length - fixed, request, "an error of odd form");
        String message = new String(wire.read(text), UTF_8);
        byte[] rest = wire.read((int) length - fixed - text);
        if (type == Nbd.REPLY_TYPE_ERROR_OFFSET && rest.length == Long.BYTES) {
            message = (message + " (at offset " + ByteBuffer.wrap(rest).getLong() + ")").strip();
        }
        check(error != 0, request, "an error without a number");
        request.fail(new NbdRequestException(export.where(), request, error, message));
    }

    private NbdRequest requestOf(long handle) throws NbdException {
        @Nullable NbdRequest request = inFlight.get(handle);
        if (request == null) {
            throw broken("a reply came to a request that is not open (handle " + handle + ")");
        }
        return request;
    }

    private void check(boolean right, NbdRequest request, String what) throws NbdException {
        if (!right) {
            throw broken(what + " came to " + request);
        }
    }

    private NbdException broken(String what) {
        return new NbdException(
                "The NBD server at "
                        + export.where()
                        + " broke the protocol: "
                        + what
                        + ". Nothing it sent can be trusted; check that it is QEMU or nbdkit");
    }
}
