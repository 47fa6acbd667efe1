package dev.drover.api.link;

import dev.drover.api.link.Greeting.Hello;
import dev.drover.api.link.Greeting.Refusal;
import dev.drover.api.link.LinkException.LinkTimeout;
import dev.drover.api.link.LinkException.RemoteFailure;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bulk data in both directions, over a TLS connection of its own. One thread at a time may read and
 * one may write; {@link #close} may be called by any.
 *
 * <p>There is no sign of life on a stream: it may be idle for as long as both sides like. That the
 * other host died is noticed by the kernel after about 10 s when nothing is on its way, and late
 * (minutes) when something is; so close streams when the {@link Peer} to the same host breaks. An
 * interrupt of a virtual thread that is blocked in a stream breaks the stream.
 */
public final class Streams implements AutoCloseable {
    /** How long the other side's service may take before it uses its streams. */
    private static final Duration UNTIL_TAKEN = Duration.ofSeconds(60);

    private final SecureSocket socket;
    private final Chunks.Input in;
    private final Chunks.Output out;

    private Streams(SecureSocket socket) {
        this.socket = socket;
        this.in = new Chunks.Input(socket.in(), () -> {});
        this.out = new Chunks.Output(socket.out(), () -> {});
    }

    /**
     * Opens a stream to whoever listens at {@code address}, who must be {@code expected}. Returns
     * when its {@link Service#stream} has begun to use its streams.
     *
     * @param purpose which the service goes by
     * @param header a record or null, at most 1 MiB of JSON
     * @throws LinkException.LinkRefused when there is no connection
     * @throws RemoteFailure when the service threw before it used its streams
     * @throws LinkTimeout when the service has not used them after 60 s
     */
    public static Streams open(
            InetSocketAddress address,
            Identity identity,
            Subject expected,
            String purpose,
            @Nullable Object header) {
        Duration connect = LinkLimits.USUAL.connect();
        Dial dial = new Dial(address, identity, expected, connect);
        Hello hello = new Hello(Greeting.VERSION, Optional.of(purpose), Json.tree(header));
        try {
            Dial.Dialled dialled = dial.greet(hello, UNTIL_TAKEN);
            Optional<Refusal> refusal = dialled.welcome().refusal();
            if (refusal.isPresent()) {
                dialled.socket().abort();
                throw new RemoteFailure(refusal.get().kind(), refusal.get().message());
            }
            dialled.socket().silenceAtMost(Duration.ZERO);
            return new Streams(dialled.socket());
        } catch (SocketTimeoutException _) {
            throw new LinkTimeout("The stream '" + purpose + "' of " + expected, UNTIL_TAKEN);
        } catch (IOException e) {
            throw dial.refused("hung up", e);
        }
    }

    /**
     * From the other side; ends where it ended its output. Throws {@link IOException} when it
     * failed or died before, never a short end.
     */
    public InputStream in() {
        return in;
    }

    /** To the other side; buffered, so flush. */
    public OutputStream out() {
        return out;
    }

    /** Ends the output in order; the other direction goes on. The same as closing {@link #out}. */
    public void endOutput() throws IOException {
        out.close();
    }

    /**
     * Ends the connection at once. The other side reads a failure unless {@link #endOutput} came
     * before, and cannot write any more.
     */
    @Override
    public void close() {
        socket.abort();
    }
}
