package dev.drover.block;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins two connections: what comes in at one goes out at the other, flushed after each burst, by a
 * virtual thread for each direction. When one ends, both end. Safe for use by many threads.
 */
public final class StreamPump implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPump.class);
    private static final int BUFFER_BYTES = 256 << 10;

    private final String name;
    private final End first;
    private final End second;
    private final AtomicLong toFirst = new AtomicLong();
    private final AtomicLong toSecond = new AtomicLong();
    private final CompletableFuture<Optional<IOException>> ending = new CompletableFuture<>();
    private final CountDownLatch running = new CountDownLatch(2);

    private StreamPump(String name, End first, End second) {
        this.name = name;
        this.first = first;
        this.second = second;
    }

    /**
     * Starts to pump; both ends belong to the pump from now on.
     *
     * @param name of its threads and in the log
     */
    public static StreamPump start(String name, End first, End second) {
        StreamPump pump = new StreamPump(name, first, second);
        pump.startDirection(first, second, pump.toSecond);
        pump.startDirection(second, first, pump.toFirst);
        return pump;
    }

    /** Bytes passed from the second end to the first, before compression. */
    public long bytesToFirst() {
        return toFirst.get();
    }

    /** Bytes passed from the first end to the second, before compression. */
    public long bytesToSecond() {
        return toSecond.get();
    }

    /**
     * Waits until the pump has ended.
     *
     * @return what ended it; empty if one end closed in order, or {@link #close} was called
     */
    public Optional<IOException> awaitEnd() throws InterruptedException {
        running.await();
        return ending.join();
    }

    /** Ends both connections. Idempotent; does not wait. */
    @Override
    public void close() {
        end(Optional.empty());
    }

    private void startDirection(End from, End to, AtomicLong count) {
        Thread _ = Thread.ofVirtual().name("pump-" + name).start(() -> pump(from, to, count));
    }

    private void pump(End from, End to, AtomicLong count) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int n = from.in.read(buffer); n >= 0; n = from.in.read(buffer)) {
                // Counted first: who has received a byte finds it counted.
                count.addAndGet(n);
                to.out.write(buffer, 0, n);
                to.out.flush();
            }
            end(Optional.empty());
        } catch (IOException e) {
            end(Optional.of(e));
        } finally {
            running.countDown();
        }
    }

    /** The first to come says why; what the other direction then meets is only the consequence. */
    private void end(Optional<IOException> why) {
        if (ending.complete(why)) {
            why.ifPresent(e -> LOG.debug("Pump {} was torn", name, e));
            first.end(name);
            second.end(name);
        }
    }

    /** One of the two connections of a pump. */
    public static final class End {
        private final InputStream in;
        private final OutputStream out;
        private final Closeable transport;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private End(InputStream in, OutputStream out, Closeable transport) {
            this.in = in;
            this.out = out;
            this.transport = transport;
        }

        /** A pair of streams; closing either must end the connection, as a socket's do. */
        public static End of(InputStream in, OutputStream out) {
            return of(
                    in,
                    out,
                    () -> {
                        in.close();
                        out.close();
                    });
        }

        /**
         * A pair of streams.
         *
         * @param transport closed to end the connection; must wake threads that read or write
         */
        public static End of(InputStream in, OutputStream out, Closeable transport) {
            return new End(in, out, transport);
        }

        /** A blocking socket channel. */
        public static End of(SocketChannel channel) {
            return of(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
        }

        /**
         * A pair of streams that carries the other end's bytes compressed, see {@link
         * CompressedStream}.
         */
        public static End compressed(
                InputStream in, OutputStream out, Closeable transport, int level)
                throws IOException {
            CompressedStream stream = new CompressedStream(in, out, transport, level);
            return of(stream.input(), stream.output(), stream);
        }

        private void end(String pump) {
            if (open.getAndSet(false)) {
                try {
                    transport.close();
                } catch (IOException e) {
                    LOG.debug("Pump {} could not close an end", pump, e);
                }
            }
        }
    }
}
