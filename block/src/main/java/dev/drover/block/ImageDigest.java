package dev.drover.block;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * SHA-256 (FIPS 180-4) of each 1 MiB of a disk, the last chunk as short as it is. Chunks are read
 * and hashed beside each other; those that are zero are not hashed, and those that the server tells
 * to be zero not even read.
 */
public final class ImageDigest {
    /** Size of a chunk. */
    public static final int CHUNK_BYTES = 1 << 20;

    private static final int REQUEST_BYTES = CHUNK_BYTES / 4;
    private static final int CHUNKS_READING = 4;
    private static final int BUFFERS = 2 * CHUNKS_READING;

    private final long sizeBytes;
    private final Source source;
    private final byte[] zeroChunk = sha256(ByteBuffer.allocate(CHUNK_BYTES));
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BUFFERS);
    private final ArrayDeque<Reading> reading = new ArrayDeque<>();
    private final List<Future<byte[]>> digests = new ArrayList<>();

    private ImageDigest(long sizeBytes, Source source) {
        this.sizeBytes = sizeBytes;
        this.source = source;
        for (int i = 0; i < BUFFERS; i++) {
            free.add(ByteBuffer.allocateDirect(CHUNK_BYTES));
        }
    }

    /**
     * Of an export.
     *
     * @param export faster if it grants {@link NbdClient#ALLOCATION}
     * @return the digests, 32 bytes each, in order
     * @throws NbdException as {@link NbdClient}
     * @throws InterruptedException if the thread was interrupted; the connection is of no more use
     */
    public static List<byte[]> of(NbdClient export) throws IOException, InterruptedException {
        try {
            ImageDigest digest =
                    new ImageDigest(export.size(), (at, into) -> start(export, at, into));
            BitSet data = new BitSet();
            for (Extent extent : ImagePull.dataOf(export)) {
                data.set(
                        (int) (extent.offset() / CHUNK_BYTES),
                        (int) Math.ceilDiv(extent.end(), CHUNK_BYTES));
            }
            return digest.run(data);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw Interruption.of(e);
            }
            throw e;
        }
    }

    /** Of a raw image's file; an image of another format must be exported. */
    public static List<byte[]> of(Path rawImage) throws IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(rawImage, StandardOpenOption.READ)) {
            ImageDigest digest =
                    new ImageDigest(file.size(), (at, into) -> () -> readFully(file, at, into));
            BitSet all = new BitSet();
            all.set(0, digest.chunks());
            return digest.run(all);
        }
    }

    /** Hexadecimal, lower case. */
    public static List<String> hex(List<byte[]> digests) {
        return digests.stream().map(HexFormat.of()::formatHex).toList();
    }

    private int chunks() {
        return Math.toIntExact(Math.ceilDiv(sizeBytes, (long) CHUNK_BYTES));
    }

    private List<byte[]> run(BitSet data) throws IOException, InterruptedException {
        List<byte[]> all = new ArrayList<>();
        try (ExecutorService hashing = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int chunk = 0; chunk < chunks(); chunk++) {
                long at = (long) chunk * CHUNK_BYTES;
                int length = (int) Math.min(CHUNK_BYTES, sizeBytes - at);
                if (data.get(chunk)) {
                    read(chunk, at, length, hashing);
                } else {
                    digests.add(CompletableFuture.completedFuture(zeroDigest(length)));
                }
            }
            while (!reading.isEmpty()) {
                hashOldest(hashing);
            }
            for (Future<byte[]> digest : digests) {
                all.add(digest.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("Hashing failed", e);
        }
        return all;
    }

    private void read(int chunk, long at, int length, ExecutorService hashing)
            throws IOException, InterruptedException {
        if (reading.size() == CHUNKS_READING) {
            hashOldest(hashing);
        }
        ByteBuffer buffer = free.take();
        ByteBuffer content = buffer.slice(0, length);
        digests.add(new CompletableFuture<>());
        reading.add(new Reading(chunk, buffer, content, source.start(at, content)));
    }

    private void hashOldest(ExecutorService hashing) throws IOException, InterruptedException {
        Reading oldest = reading.removeFirst();
        oldest.rest.await();
        digests.set(
                oldest.chunk,
                hashing.submit(() -> {
                    byte[] digest = digest(oldest.content);
                    free.put(oldest.buffer);
                    return digest;
                }));
    }

    private byte[] digest(ByteBuffer content) {
        boolean zero = ZeroBlocks.isZero(MemorySegment.ofBuffer(content), 0, content.remaining());
        return zero ? zeroDigest(content.remaining()) : sha256(content);
    }

    private byte[] zeroDigest(int length) {
        return length == CHUNK_BYTES ? zeroChunk.clone() : sha256(ByteBuffer.allocate(length));
    }

    private static byte[] sha256(ByteBuffer content) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(content);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    private static Rest start(NbdClient export, long at, ByteBuffer into) throws IOException {
        List<NbdRequest> requests = new ArrayList<>();
        for (int from = 0; from < into.remaining(); from += REQUEST_BYTES) {
            int length = Math.min(REQUEST_BYTES, into.remaining() - from);
            requests.add(export.startRead(at + from, into.slice(from, length)));
        }
        return () -> {
            for (NbdRequest request : requests) {
                export.await(request);
            }
        };
    }

    private static void readFully(FileChannel file, long at, ByteBuffer into) throws IOException {
        ByteBuffer rest = into.duplicate();
        while (rest.hasRemaining()) {
            if (file.read(rest, at + rest.position()) < 0) {
                throw new EOFException("The image became shorter while it was read");
            }
        }
    }

    /** Begins to fill a buffer with what is at an offset. */
    private interface Source {
        Rest start(long at, ByteBuffer into) throws IOException;
    }

    /** Waits until the buffer is full. */
    private interface Rest {
        void await() throws IOException;
    }

    private record Reading(int chunk, ByteBuffer buffer, ByteBuffer content, Rest rest) {}
}
