package dev.drover.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sits in the migration stream and reads only what it was given credit for: a QEMU that cannot
 * write cannot end its round, and so cannot stop the guest by itself. Thread-safe.
 */
final class OutgoingPump implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutgoingPump.class);
    private static final int BUFFER = 256 << 10;

    private final Path socket;
    private final ServerSocketChannel server;
    private final OutputStream toTarget;
    private final InputStream fromTarget;
    private final AtomicLong passed = new AtomicLong();
    private long credit;
    private boolean unlimited;
    private boolean closed;
    private @Nullable SocketChannel channel;

    private OutgoingPump(
            Path socket,
            ServerSocketChannel server,
            OutputStream toTarget,
            InputStream fromTarget) {
        this.socket = socket;
        this.server = server;
        this.toTarget = toTarget;
        this.fromTarget = fromTarget;
    }

    /** Listens on {@code socket}; QEMU is to connect next. */
    static OutgoingPump listen(Path socket, OutputStream toTarget, InputStream fromTarget)
            throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        OutgoingPump pump = new OutgoingPump(socket, server, toTarget, fromTarget);
        Thread.ofVirtual().name("memory-out").start(pump::run);
        return pump;
    }

    /** Bytes passed on. */
    long passed() {
        return passed.get();
    }

    /** May pass so many bytes from now on, whatever it was given before. */
    synchronized void grant(long bytes) {
        credit = bytes;
        notifyAll();
    }

    /** May pass everything. */
    synchronized void grantAll() {
        unlimited = true;
        notifyAll();
    }

    /** What is left of the credit. */
    synchronized long credit() {
        return credit;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        try {
            server.close();
            if (channel != null) {
                channel.close();
            }
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.debug("Closing the memory's stream", e);
        }
    }

    private void run() {
        try (SocketChannel accepted = server.accept()) {
            adopt(accepted);
            Thread.ofVirtual().name("return-in").start(() -> passReturns(accepted));
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            while (true) {
                buffer.clear().limit((int) Math.min(BUFFER, awaitCredit()));
                int n = accepted.read(buffer);
                if (n < 0) {
                    break;
                }
                toTarget.write(buffer.array(), 0, n);
                if (n < BUFFER) {
                    toTarget.flush();
                }
                use(n);
            }
            toTarget.flush();
        } catch (IOException | InterruptedException e) {
            LOG.debug("The memory's stream ended", e);
        }
    }

    private synchronized void adopt(SocketChannel accepted) throws IOException {
        channel = accepted;
        if (closed) {
            throw new IOException("Closed before it began");
        }
    }

    private synchronized long awaitCredit() throws InterruptedException, IOException {
        while (!closed && !unlimited && credit <= 0) {
            wait();
        }
        if (closed) {
            throw new IOException("Closed");
        }
        return unlimited ? Long.MAX_VALUE : credit;
    }

    private synchronized void use(int bytes) {
        credit -= bytes;
        passed.addAndGet(bytes);
    }

    private void passReturns(SocketChannel to) {
        byte[] buffer = new byte[4096];
        try {
            OutputStream out = Channels.newOutputStream(to);
            for (int n = fromTarget.read(buffer); n >= 0; n = fromTarget.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            LOG.debug("The return path ended", e);
        } finally {
            close();
        }
    }
}
