package dev.drover.block;

import dev.drover.block.ScriptedNbdServer.Received;
import dev.drover.block.ScriptedNbdServer.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A disk in memory behind a {@link ScriptedNbdServer}, orderly unless told otherwise. */
final class MemoryDisk implements ScriptedNbdServer.Script {
    static final int BLOCK = 4096;

    final byte[] content;
    final BitSet allocated = new BitSet();
    final BitSet dirty = new BitSet();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger zeroWrites = new AtomicInteger();
    final AtomicInteger flushes = new AtomicInteger();
    final AtomicLong readBytes = new AtomicLong();
    volatile long failingOffset = -1;

    MemoryDisk(int sizeBytes) {
        content = new byte[sizeBytes];
    }

    ScriptedNbdServer serve() throws IOException {
        return new ScriptedNbdServer(content.length, this);
    }

    /** Puts bytes, as a guest would. */
    void put(int offset, byte... bytes) {
        System.arraycopy(bytes, 0, content, offset, bytes.length);
        allocated.set(offset / BLOCK, Math.ceilDiv(offset + bytes.length, BLOCK));
        dirty.set(offset / BLOCK, Math.ceilDiv(offset + bytes.length, BLOCK));
    }

    @Override
    public void serve(Session session) throws IOException {
        while (true) {
            answer(session, session.receive());
        }
    }

    private void answer(Session session, Received request) throws IOException {
        int at = (int) request.offset();
        int end = at + request.length();
        boolean moves = request.type() == Nbd.CMD_READ || request.type() == Nbd.CMD_WRITE;
        if (moves && failingOffset >= at && failingOffset < end) {
            session.error(request, 5, "planned", Nbd.REPLY_FLAG_DONE);
            return;
        }
        switch (request.type()) {
            case Nbd.CMD_READ -> {
                readBytes.addAndGet(request.length());
                session.data(request, at, content, at, request.length(), Nbd.REPLY_FLAG_DONE);
            }
            case Nbd.CMD_WRITE -> {
                writes.incrementAndGet();
                put(at, request.payload());
                session.simple(request.handle(), 0);
            }
            case Nbd.CMD_WRITE_ZEROES -> {
                zeroWrites.incrementAndGet();
                Arrays.fill(content, at, end, (byte) 0);
                allocated.clear(at / BLOCK, end / BLOCK);
                session.simple(request.handle(), 0);
            }
            case Nbd.CMD_FLUSH -> {
                flushes.incrementAndGet();
                session.simple(request.handle(), 0);
            }
            case Nbd.CMD_BLOCK_STATUS -> {
                if (session.granted.contains(ScriptedNbdServer.CONTEXTS.get(0))) {
                    session.status(request, 0, 0, status(allocated, at, end, 0, 3));
                }
                if (session.granted.contains(ScriptedNbdServer.CONTEXTS.get(1))) {
                    session.status(request, 1, 0, status(dirty, at, end, 1, 0));
                }
                session.done(request);
            }
            default -> throw new AssertionError("Unexpected request " + request);
        }
    }

    private static int[] status(BitSet blocks, int from, int to, int ifSet, int ifClear) {
        List<Integer> words = new ArrayList<>();
        for (int at = from; at < to; ) {
            int block = at / BLOCK;
            boolean set = blocks.get(block);
            int change = set ? blocks.nextClearBit(block) : blocks.nextSetBit(block);
            int end = change < 0 ? to : Math.min(to, change * BLOCK);
            words.add(end - at);
            words.add(set ? ifSet : ifClear);
            at = end;
        }
        return words.stream().mapToInt(Integer::intValue).toArray();
    }
}
