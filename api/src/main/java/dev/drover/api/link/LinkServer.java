package dev.drover.api.link;

import dev.drover.api.link.Greeting.Hello;
import dev.drover.api.link.Greeting.Refusal;
import dev.drover.api.link.Greeting.Welcome;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Accepts connections and has them served. Any thread. */
public final class LinkServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LinkServer.class.getName());
    private static final int BACKLOG = 128;
    private static final long AFTER_A_FAILURE_MILLIS = 100;

    private final ServerSocket listening;
    private final Identity identity;
    private final Function<Caller, Service> services;
    private final LinkLimits limits;
    private final int version;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private LinkServer(
            ServerSocket listening,
            Identity identity,
            Function<Caller, Service> services,
            LinkLimits limits,
            int version) {
        this.listening = listening;
        this.identity = identity;
        this.services = services;
        this.limits = limits;
        this.version = version;
    }

    /** As the other, with {@link LinkLimits#USUAL}. */
    public static LinkServer listen(
            InetSocketAddress address, Identity identity, Function<Caller, Service> services)
            throws IOException {
        return listen(address, identity, services, LinkLimits.USUAL);
    }

    /**
     * Listens; every holder of a certificate of the same authority may connect.
     *
     * @param address port 0 for any that is free
     * @param services gives, once for each connection or stream, who serves that caller; what it
     *     throws is the refusal that the caller gets
     * @throws IOException when the address cannot be listened at
     */
    public static LinkServer listen(
            InetSocketAddress address,
            Identity identity,
            Function<Caller, Service> services,
            LinkLimits limits)
            throws IOException {
        return listen(address, identity, services, limits, Greeting.VERSION);
    }

    static LinkServer listen(
            InetSocketAddress address,
            Identity identity,
            Function<Caller, Service> services,
            LinkLimits limits,
            int version)
            throws IOException {
        ServerSocket listening = new ServerSocket();
        try {
            listening.bind(address, BACKLOG);
        } catch (IOException e) {
            listening.close();
            throw new IOException(
                    "Could not listen at " + address + "; is another process using it?", e);
        }
        LinkServer server = new LinkServer(listening, identity, services, limits, version);
        Thread.ofVirtual().name("link-accept").start(server::accept);
        return server;
    }

    /** Where this listens, with the real port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    /** Stops listening, closes all peers as {@link Peer#close} does, and breaks all streams. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException _) {
            // It is closed all the same (close(2)).
        }
        open.forEach(LinkServer::closeQuietly);
    }

    private static void closeQuietly(AutoCloseable connection) {
        try {
            connection.close();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "Closing a connection failed", e);
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket plain = listening.accept();
                Thread.ofVirtual().name("link-greet").start(() -> serve(plain));
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    LOG.log(Level.WARNING, "Could not accept a connection; going on", e);
                    pause();
                }
            }
        }
    }

    /** For want of file descriptors, say, accepting fails again and again. */
    private static void pause() {
        try {
            Thread.sleep(AFTER_A_FAILURE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Socket plain) {
        AutoCloseable connection = plain;
        open.add(connection);
        try {
            if (listening.isClosed()) {
                plain.close();
            }
            greet(SecureSocket.accept(plain, identity, limits.connect()));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "Refused a connection from " + plain, e);
            closeQuietly(plain);
        } finally {
            open.remove(connection);
        }
    }

    private void greet(SecureSocket socket) throws IOException {
        Subject subject =
                socket.peer()
                        .orElseThrow(() -> new IOException("Its certificate names nobody we know"));
        Hello hello = Greeting.read(socket.in(), Hello.class);
        OptionalInt agreed = Greeting.agreed(version, hello.version());
        if (agreed.isEmpty()) {
            refuse(socket, "VersionMismatch", Greeting.disagreement(version, hello.version()));
        } else if (hello.stream().isEmpty()) {
            servePeer(socket, subject, agreed.getAsInt());
        } else {
            Caller caller =
                    new Caller(subject, socket.address(), agreed.getAsInt(), Optional.empty());
            new ServedStream(socket, caller, version).serve(services, hello);
        }
    }

    private void servePeer(SecureSocket socket, Subject subject, int agreed) throws IOException {
        Peer peer;
        try {
            peer = Peer.accepted(socket, subject, agreed, services, limits);
        } catch (RuntimeException e) {
            refuse(socket, Served.kindOf(e), Served.messageOf(e));
            return;
        }
        open.add(peer);
        peer.onClose(() -> open.remove(peer));
        Greeting.write(socket.out(), new Welcome(version, Optional.empty()));
        peer.start();
        if (listening.isClosed()) {
            peer.close();
        }
    }

    private void refuse(SecureSocket socket, String kind, String message) throws IOException {
        Greeting.write(socket.out(), new Welcome(version, Optional.of(new Refusal(kind, message))));
        socket.abort();
    }
}
