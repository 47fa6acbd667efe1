package dev.drover.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Step 9 of a move: differential updates. A round asks which blocks a dirty bitmap names, copies
 * them, zeros as zeros, and flushes the target.
 *
 * <p>Made once for a move, so that buffers and compiled code are there when the last round comes,
 * within the pause. What makes that one short: {@link #rehearse} beforehand, or earlier rounds; a
 * {@link NbdHandshake} made ready before the export exists; an export that grants nothing but the
 * bitmap's context (with {@link NbdClient#ALLOCATION} QEMU asks the file system too).
 *
 * <p>One thread, and no other writer of the target meanwhile. After an exception the connections
 * are of no more use.
 */
public final class RoundPull {
    private static final int REHEARSED_BYTES = 4096;

    /**
     * Reads and writes share a connection here: a server whose answers to reads fill its socket
     * takes no writes, and both would wait for ever. So few, with their truesize of 9 KiB each, fit
     * the 208 KiB of a socket (net.core.wmem_default) both ways.
     */
    private static final int REHEARSED_AT_ONCE = 8;

    private final NbdClient target;
    private final ExtentCopy copy;

    /**
     * For one target.
     *
     * @param target writable export of the container's volume
     */
    public RoundPull(NbdClient target, CopySettings settings) {
        this.target = target;
        this.copy = new ExtentCopy(settings);
    }

    /**
     * Opens the export on a connection made ready beforehand, pulls one round, and closes.
     *
     * @param bitmap metadata context that names the blocks, {@code qemu:dirty-bitmap:NAME}
     */
    public Outcome pull(NbdHandshake ready, String export, String bitmap)
            throws IOException, InterruptedException {
        try (NbdClient source = ready.open(export, bitmap)) {
            return pull(source, bitmap);
        }
    }

    /**
     * Pulls one round; it is on the target's stable storage on return.
     *
     * @throws NbdException as {@link NbdClient}; also when the source does not grant {@code bitmap}
     * @throws InterruptedException if the thread was interrupted
     */
    public Outcome pull(NbdClient source, String bitmap) throws IOException, InterruptedException {
        if (source.size() != target.size()) {
            throw new NbdException(
                    "%s has %d bytes, %s has %d; a round needs volumes of one size"
                            .formatted(source, source.size(), target, target.size()));
        }
        try {
            List<Extent> dirty = new ArrayList<>(source.extents(bitmap, 0, source.size()));
            dirty.removeIf(extent -> !extent.isDirty());
            Outcome outcome = copy.copy(source, target, dirty, ExtentCopy.Zeros.WRITE, _ -> {});
            target.flush();
            return outcome;
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw Interruption.of(e);
            }
            throw e;
        }
    }

    /**
     * Goes through a round's motions without changing anything, so that the first real round does
     * not run cold: reads blocks of {@code source}, and writes to the target what is there already.
     *
     * @param source any export of the source's
     * @param blocks of 4 KiB, 1 to 64; of the target's data if it grants {@link
     *     NbdClient#ALLOCATION}, else from the start of the disk
     */
    public void rehearse(NbdClient source, int blocks) throws IOException, InterruptedException {
        List<Extent> rehearsed = firstBlocks(Math.clamp(blocks, 1, 64));
        ByteBuffer unused = ByteBuffer.allocateDirect(REHEARSED_BYTES);
        List<NbdRequest> reads = new ArrayList<>();
        for (Extent block : rehearsed) {
            reads.add(source.startRead(block.offset(), unused.slice(0, (int) block.length())));
        }
        for (NbdRequest read : reads) {
            source.await(read);
        }
        for (int at = 0; at < rehearsed.size(); at += REHEARSED_AT_ONCE) {
            List<Extent> some =
                    rehearsed.subList(at, Math.min(at + REHEARSED_AT_ONCE, rehearsed.size()));
            copy.copy(target, target, some, ExtentCopy.Zeros.LEAVE, _ -> {});
        }
        target.flush();
    }

    private List<Extent> firstBlocks(int count) throws IOException {
        List<Extent> blocks = new ArrayList<>();
        for (Extent data : ImagePull.dataOf(target)) {
            for (long at = data.offset(); at < data.end(); at += REHEARSED_BYTES) {
                if (blocks.size() == count) {
                    return blocks;
                }
                blocks.add(new Extent(at, Math.min(REHEARSED_BYTES, data.end() - at), 0));
            }
        }
        return blocks;
    }
}
