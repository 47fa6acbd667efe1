package dev.drover.api.link;

import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;

/**
 * A TCP connection with TLS 1.3 on it, both sides authenticated.
 *
 * <p>The two layers are kept apart for the sake of {@link #abort}: closing an {@link SSLSocket}
 * waits for a thread that is blocked in writing to it, closing the socket below does not. How a
 * connection ends is said by our own frames, not by TLS: an SSLSocket reads the plain end of a
 * connection whose process was killed as the end of the data.
 */
final class SecureSocket {
    /** AES-128 first: half as fast again as the JDK's first choice, and as good for this. */
    private static final String[] CIPHERS = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };

    /** The kernel gives up an idle, dead connection after about 10 s (tcp(7)). */
    private static final int KEEP_IDLE_SECONDS = 5;

    private static final int KEEP_INTERVAL_SECONDS = 1;
    private static final int KEEP_COUNT = 5;

    private static final int IN_BUFFER = 16 << 10;

    private final Socket plain;
    private final SSLSocket tls;
    private final Optional<Subject> peer;
    private final DataInputStream in;
    private final OutputStream out;

    private SecureSocket(Socket plain, SSLSocket tls) throws IOException {
        this.plain = plain;
        this.tls = tls;
        this.peer = Identity.peerOf(tls.getSession());
        this.in = new DataInputStream(new BufferedInputStream(tls.getInputStream(), IN_BUFFER));
        this.out = tls.getOutputStream();
    }

    static SecureSocket connect(InetSocketAddress address, Identity identity, Duration atMost)
            throws IOException {
        Socket plain = new Socket();
        try {
            plain.connect(address, Math.toIntExact(atMost.toMillis()));
            return handshake(plain, address, identity, atMost, true);
        } catch (IOException | RuntimeException e) {
            close(plain);
            throw e;
        }
    }

    static SecureSocket accept(Socket plain, Identity identity, Duration atMost)
            throws IOException {
        var from = (InetSocketAddress) plain.getRemoteSocketAddress();
        try {
            return handshake(plain, from, identity, atMost, false);
        } catch (IOException | RuntimeException e) {
            close(plain);
            throw e;
        }
    }

    private static SecureSocket handshake(
            Socket plain,
            InetSocketAddress address,
            Identity identity,
            Duration atMost,
            boolean asClient)
            throws IOException {
        // Buffer sizes are left to the kernel: a fixed one ends its own, larger, tuning (tcp(7)).
        plain.setOption(StandardSocketOptions.TCP_NODELAY, true);
        plain.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        plain.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_IDLE_SECONDS);
        plain.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_INTERVAL_SECONDS);
        plain.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_COUNT);
        SSLSocket tls =
                (SSLSocket)
                        identity.context()
                                .getSocketFactory()
                                .createSocket(
                                        plain, address.getHostString(), address.getPort(), true);
        tls.setUseClientMode(asClient);
        tls.setEnabledProtocols(new String[] {"TLSv1.3"});
        tls.setEnabledCipherSuites(CIPHERS);
        if (!asClient) {
            tls.setNeedClientAuth(true);
        }
        plain.setSoTimeout(Math.toIntExact(atMost.toMillis()));
        tls.startHandshake();
        return new SecureSocket(plain, tls);
    }

    /** Empty when the certificate is the authority's work, but names nobody. */
    Optional<Subject> peer() {
        return peer;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) plain.getRemoteSocketAddress();
    }

    /** Buffered. */
    DataInputStream in() {
        return in;
    }

    /** Not buffered. */
    OutputStream out() {
        return out;
    }

    /**
     * Reads fail with {@link java.net.SocketTimeoutException} after so much silence; zero: never.
     */
    void silenceAtMost(Duration atMost) throws IOException {
        tls.setSoTimeout(Math.toIntExact(atMost.toMillis()));
    }

    /** Ends the connection at once, whatever other threads do with it. */
    void abort() {
        close(plain);
    }

    private static void close(Socket plain) {
        try {
            plain.close();
        } catch (IOException _) {
            // It is closed all the same (close(2)).
        }
    }
}
