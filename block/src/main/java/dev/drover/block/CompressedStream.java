package dev.drover.block;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A pair of streams compressed by Zstandard (RFC 8878), one endless frame each way. What was
 * written arrives at the other end once {@link #output} is flushed, so that a protocol of requests
 * and answers works over it; both ends must be compressed. The end of the transport is the end of
 * the stream: whoever needs to know whether it came too early must see it from the protocol.
 *
 * <p>One thread reads, one writes; {@link #close} from any.
 */
public final class CompressedStream implements Closeable {
    /** 433-491 MB/s a core where it was measured; the usual choice. */
    public static final int LEVEL_DENSE = 1;

    /** 655 MB/s a core there; for links that are faster than the other. */
    public static final int LEVEL_FAST = -5;

    private final ZstdInputStreamNoFinalizer input;
    private final ZstdOutputStreamNoFinalizer output;
    private final Closeable transport;

    /**
     * Over a transport's streams.
     *
     * @param transport closed to end it all; must wake the threads that read and write
     * @param level of compression, {@link #LEVEL_DENSE} or {@link #LEVEL_FAST}
     */
    public CompressedStream(InputStream in, OutputStream out, Closeable transport, int level)
            throws IOException {
        this.transport = transport;
        this.output = new ZstdOutputStreamNoFinalizer(out, level);
        // Continuous: a frame that is not finished is no error, only not finished.
        this.input = new ZstdInputStreamNoFinalizer(in).setContinuous(true);
    }

    /** What the other end wrote. */
    public InputStream input() {
        return input;
    }

    /** To the other end; flush after each burst. */
    public OutputStream output() {
        return output;
    }

    /** Ends the transport and frees the native memory. Idempotent. What was not flushed is lost. */
    @Override
    public void close() throws IOException {
        // The transport first: it wakes whoever holds the codecs, which wait for them to let go.
        transport.close();
        quietly(output);
        quietly(input);
    }

    private static void quietly(Closeable codec) {
        try {
            codec.close();
        } catch (IOException _) {
            // It tried to write to the closed transport; its memory is free all the same.
        }
    }
}
