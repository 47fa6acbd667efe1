package dev.drover.block;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that {@link NbdClient} has started; {@link NbdClient#await} completes it. Belongs to
 * the client's thread.
 */
public final class NbdRequest {
    private final NbdCommand command;
    private final long offset;
    private final long length;
    private final @Nullable ByteBuffer into;
    private final List<Piece> pieces = new ArrayList<>(1);
    private final Map<Integer, List<Extent>> extents = new HashMap<>();
    private @Nullable NbdRequestException error;
    private boolean done;

    NbdRequest(NbdCommand command, long offset, long length, @Nullable ByteBuffer into) {
        this.command = command;
        this.offset = offset;
        this.length = length;
        this.into = into;
    }

    /** What was asked for. */
    public NbdCommand command() {
        return command;
    }

    /** Where, in bytes. */
    public long offset() {
        return offset;
    }

    /** How many bytes are concerned. */
    public long length() {
        return length;
    }

    /** Whether the answer is complete, for better or worse. */
    public boolean isDone() {
        return done;
    }

    /** Bytes of a READ that travelled as data; the rest were told to be zeros. */
    public long dataBytes() {
        return pieces.stream().filter(Piece::data).mapToLong(Piece::length).sum();
    }

    /** "READ of 4096 bytes at offset 0". */
    @Override
    public String toString() {
        return command == NbdCommand.FLUSH
                ? "FLUSH"
                : command + " of " + length + " bytes at offset " + offset;
    }

    @Nullable NbdRequestException error() {
        return error;
    }

    void fail(NbdRequestException first) {
        if (error == null) {
            error = first;
        }
    }

    void finish() {
        done = true;
    }

    /** Extents of a BLOCK_STATUS in the context of that number. */
    List<Extent> extents(int context) {
        return extents.getOrDefault(context, List.of());
    }

    void addExtents(int context, List<Extent> found) {
        extents.put(context, found);
    }

    /** Whether a chunk at {@code at} of {@code count} bytes may belong to this READ. */
    boolean covers(long at, long count) {
        return command == NbdCommand.READ
                && count > 0
                && at >= offset
                && count <= length
                && at - offset <= length - count;
    }

    /** The part of the caller's buffer where a chunk that {@link #covers} allows belongs. */
    ByteBuffer place(long at, long count, boolean data) {
        pieces.add(new Piece(at, count, data));
        if (into == null) {
            throw new IllegalStateException("No buffer for " + this);
        }
        return into.slice((int) (at - offset), (int) count);
    }

    /** Whether the chunks of a READ make up the whole, none missing and none twice. */
    boolean isWhole() {
        pieces.sort(Comparator.comparingLong(Piece::at));
        long next = offset;
        for (Piece piece : pieces) {
            if (piece.at != next) {
                return false;
            }
            next += piece.length;
        }
        return next == offset + length;
    }

    private record Piece(long at, long length, boolean data) {}
}
