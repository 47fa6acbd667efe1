package dev.drover.block;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One export of an NBD server (specification: doc/proto.md of the NetworkBlockDevice/nbd project;
 * fixed newstyle negotiation, structured replies, metadata contexts; no TLS, which is the link's).
 *
 * <p>Requests are started and awaited apart, so that many can be in flight; answers come in any
 * order and piecewise, and are sorted by handle. A started request may stay in a buffer until
 * {@link #await} of any request. A server whose answers nobody takes stops reading, and both would
 * wait for ever; so at most 64 requests are in flight, and to start another takes answers first.
 * Large reads and large writes should not be mixed without awaiting in between.
 *
 * <p>One thread at a time; {@link #close} from any thread ends a call that waits. There are no time
 * limits: a caller that has one closes or interrupts (an interrupt wakes a channel and, on a
 * virtual thread, a socket's stream; {@link ClosedByInterruptException} for the former).
 *
 * <p>Methods throw {@link NbdRequestException} when the server refuses the request, {@link
 * NbdException} when the connection is of no more use, {@link IllegalArgumentException} for a
 * request outside the export.
 */
public final class NbdClient implements Closeable {
    /** The metadata context that tells what is allocated ("base:allocation" of the NBD spec). */
    public static final String ALLOCATION = "base:allocation";

    /** A BLOCK_STATUS or WRITE_ZEROES has a length of 32 bits; a round number below that. */
    private static final long MAX_LENGTH = 2L << 30;

    /** Beyond that many, answers are taken before another request is sent; QEMU works on 16. */
    private static final int MAX_IN_FLIGHT = 64;

    private final Wire wire;
    private final ExportInfo export;
    private final Map<Long, NbdRequest> inFlight = new HashMap<>();
    private final ReplyReader replies;
    private final ReentrantLock use = new ReentrantLock();
    private long lastHandle;
    private @Nullable IOException broken;

    NbdClient(Wire wire, ExportInfo export) {
        this.wire = wire;
        this.export = export;
        this.replies = new ReplyReader(wire, export, inFlight);
    }

    /** Connects to an export on a Unix-domain socket. */
    public static NbdClient connect(Path socket, String export, String... contexts)
            throws IOException {
        return open(NbdHandshake.over(socket), export, contexts);
    }

    /**
     * As {@link #connect} over streams, see {@link NbdHandshake#over(InputStream, OutputStream,
     * Closeable, String)}.
     */
    public static NbdClient over(
            InputStream in,
            OutputStream out,
            Closeable transport,
            String peer,
            String export,
            String... contexts)
            throws IOException {
        return open(NbdHandshake.over(in, out, transport, peer), export, contexts);
    }

    private static NbdClient open(NbdHandshake handshake, String export, String... contexts)
            throws IOException {
        try {
            return handshake.open(export, contexts);
        } catch (IOException e) {
            handshake.close();
            throw e;
        }
    }

    /** Size of the export in bytes. */
    public long size() {
        return export.sizeBytes();
    }

    /** Whether the server granted a metadata context. */
    public boolean hasContext(String context) {
        return export.contexts().containsValue(context);
    }

    /** Whether the server forbids to write (NBD_FLAG_READ_ONLY). */
    public boolean isReadOnly() {
        return export.has(Nbd.FLAG_READ_ONLY);
    }

    /** Server and export, for messages. */
    @Override
    public String toString() {
        return export.where();
    }

    /**
     * Starts to fill {@code into}, from its position to its limit, which stay as they are. The
     * buffer belongs to the client until the request is awaited.
     */
    public NbdRequest startRead(long offset, ByteBuffer into) throws IOException {
        requirePayload(into.remaining());
        return start(NbdCommand.READ, offset, into.remaining(), into.slice(), null);
    }

    /** Starts to write what remains of {@code from}; it is consumed on return. */
    public NbdRequest startWrite(long offset, ByteBuffer from) throws IOException {
        requirePayload(from.remaining());
        return start(NbdCommand.WRITE, offset, from.remaining(), null, from);
    }

    /**
     * Starts to make a range read as zeros; the server may make it a hole.
     *
     * @param length at most 2 GiB
     */
    public NbdRequest startWriteZeroes(long offset, long length) throws IOException {
        require(Nbd.FLAG_SEND_WRITE_ZEROES, "WRITE_ZEROES");
        return start(NbdCommand.WRITE_ZEROES, offset, length, null, null);
    }

    /** Starts to bring to stable storage all writes that were awaited before. */
    public NbdRequest startFlush() throws IOException {
        require(Nbd.FLAG_SEND_FLUSH, "FLUSH");
        return start(NbdCommand.FLUSH, 0, 0, null, null);
    }

    /**
     * Starts to ask for the status of a range in every granted context, see {@link #extents(String,
     * NbdRequest)}.
     *
     * @param length at most 2 GiB
     */
    public NbdRequest startBlockStatus(long offset, long length) throws IOException {
        return start(NbdCommand.BLOCK_STATUS, offset, length, null, null);
    }

    /** Waits until the request is done. Answers to others that come first are kept for them. */
    public void await(NbdRequest request) throws IOException {
        use.lock();
        try {
            if (!request.isDone()) {
                receiveUntilDone(request);
            }
        } finally {
            use.unlock();
        }
        @Nullable NbdRequestException error = request.error();
        if (error != null) {
            throw error;
        }
    }

    /** Fills {@code into}; its position stays. At most what {@link #startRead} may. */
    public void read(long offset, ByteBuffer into) throws IOException {
        await(startRead(offset, into));
    }

    /** Writes what remains of {@code from}. */
    public void write(long offset, ByteBuffer from) throws IOException {
        await(startWrite(offset, from));
    }

    /** Makes a range of any length read as zeros. */
    public void writeZeroes(long offset, long length) throws IOException {
        for (long at = offset; at < offset + length; at += MAX_LENGTH) {
            await(startWriteZeroes(at, Math.min(MAX_LENGTH, offset + length - at)));
        }
    }

    /** Brings to stable storage all writes that were awaited before. */
    public void flush() throws IOException {
        await(startFlush());
    }

    /** The extents that an awaited BLOCK_STATUS told of; they may end early. */
    public List<Extent> extents(String context, NbdRequest status) throws NbdException {
        return status.extents(numberOf(context));
    }

    /** The extents of a range in one context: in order, without gaps, neighbours different. */
    public List<Extent> extents(String context, long offset, long length) throws IOException {
        int number = numberOf(context);
        List<Extent> all = new ArrayList<>();
        long at = offset;
        while (at < offset + length) {
            NbdRequest status = startBlockStatus(at, Math.min(MAX_LENGTH, offset + length - at));
            await(status);
            List<Extent> some = status.extents(number);
            if (some.isEmpty()) {
                throw new NbdException(
                        "The NBD server at "
                                + export.where()
                                + " told nothing of context '"
                                + context
                                + "' at offset "
                                + at
                                + "; check that it is QEMU or nbdkit");
            }
            some.forEach(extent -> append(all, extent));
            at = some.getLast().end();
        }
        return all;
    }

    /**
     * Ends the connection, with NBD_CMD_DISC if nothing is in flight. Idempotent; from any thread.
     */
    @Override
    public void close() throws IOException {
        if (use.tryLock()) {
            try {
                sayGoodbye();
            } finally {
                use.unlock();
            }
        }
        wire.close();
    }

    private int numberOf(String context) throws NbdException {
        for (Map.Entry<Integer, String> granted : export.contexts().entrySet()) {
            if (granted.getValue().equals(context)) {
                return granted.getKey();
            }
        }
        throw new NbdException(
                "The NBD server at "
                        + export.where()
                        + " has no metadata context '"
                        + context
                        + "'; it granted "
                        + export.contexts().values()
                        + ". Offer the export with it");
    }

    private static void append(List<Extent> all, Extent next) {
        if (!all.isEmpty() && all.getLast().flags() == next.flags()) {
            Extent last = all.removeLast();
            all.add(new Extent(last.offset(), last.length() + next.length(), last.flags()));
        } else {
            all.add(next);
        }
    }

    private NbdRequest start(
            NbdCommand command,
            long offset,
            long length,
            @Nullable ByteBuffer into,
            @Nullable ByteBuffer payload)
            throws IOException {
        requireInside(command, offset, length);
        NbdRequest request = new NbdRequest(command, offset, length, into);
        use.lock();
        try {
            requireWhole(request);
            while (inFlight.size() >= MAX_IN_FLIGHT) {
                wire.flush();
                replies.readOne();
            }
            long handle = ++lastHandle;
            inFlight.put(handle, request);
            putRequest(command.type(), handle, offset, length);
            if (payload != null) {
                wire.write(payload);
            }
        } catch (IOException e) {
            throw lost(request, e);
        } finally {
            use.unlock();
        }
        return request;
    }

    private void putRequest(int type, long handle, long offset, long length) throws IOException {
        wire.room(Nbd.REQUEST_BYTES)
                .putInt(Nbd.REQUEST_MAGIC)
                .putShort((short) 0)
                .putShort((short) type)
                .putLong(handle)
                .putLong(offset)
                .putInt((int) length);
    }

    private void receiveUntilDone(NbdRequest request) throws IOException {
        requireWhole(request);
        try {
            wire.flush();
            while (!request.isDone()) {
                replies.readOne();
            }
        } catch (IOException e) {
            throw lost(request, e);
        }
    }

    private void sayGoodbye() {
        if (broken != null || !inFlight.isEmpty()) {
            return;
        }
        broken = new NbdException("The connection to " + export.where() + " was closed");
        try {
            putRequest(Nbd.CMD_DISC, ++lastHandle, 0, 0);
            wire.flush();
        } catch (IOException _) {
            // The server is gone already: that is what DISC would have asked for.
        }
    }

    private void requireInside(NbdCommand command, long offset, long length) {
        boolean inside = offset >= 0 && length >= 0 && offset <= export.sizeBytes() - length;
        boolean sized = command == NbdCommand.FLUSH || (length > 0 && length <= MAX_LENGTH);
        if (!inside || !sized) {
            throw new IllegalArgumentException(
                    command
                            + " of "
                            + length
                            + " bytes at offset "
                            + offset
                            + " is not possible in an export of "
                            + export.sizeBytes()
                            + " bytes");
        }
    }

    private void requirePayload(int length) {
        if (length > export.maxPayload()) {
            throw new IllegalArgumentException(
                    "The NBD server at "
                            + export.where()
                            + " takes at most "
                            + export.maxPayload()
                            + " bytes at once, not "
                            + length);
        }
    }

    private void require(int transmissionFlag, String what) throws NbdException {
        if (!export.has(transmissionFlag)) {
            throw new NbdException(
                    "The NBD server at "
                            + export.where()
                            + " does not offer "
                            + what
                            + (isReadOnly() ? ": the export is read-only" : "")
                            + "; offer the export by QEMU, for writing");
        }
    }

    private void requireWhole(NbdRequest request) throws NbdException {
        if (broken != null) {
            throw new NbdException(
                    "No "
                            + request
                            + ": the connection to "
                            + export.where()
                            + " has ended; open a new one",
                    broken);
        }
    }

    /** Nothing that is still in flight can be completed once the byte stream is torn. */
    private IOException lost(NbdRequest during, IOException e) {
        if (broken != null) {
            return e;
        }
        broken = e;
        try {
            wire.close();
        } catch (IOException closing) {
            e.addSuppressed(closing);
        }
        if (e instanceof NbdException || e instanceof ClosedByInterruptException) {
            return e;
        }
        return new NbdException(
                "The connection to the NBD server at "
                        + export.where()
                        + " was lost in "
                        + during
                        + ", "
                        + inFlight.size()
                        + " requests unanswered; see whether the server still runs",
                e);
    }
}
