package dev.drover.api.link;

import dev.drover.api.link.Greeting.Hello;
import dev.drover.api.link.Greeting.Welcome;
import dev.drover.api.link.LinkException.LinkRefused;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connecting side: dials, checks who answers, greets.
 *
 * @param address at which the other side listens
 * @param expected who must answer
 * @param atMost for the connection and for the handshake
 */
record Dial(InetSocketAddress address, Identity identity, Subject expected, Duration atMost) {
    /** A connection that was accepted, and the version that both sides speak. */
    record Dialled(SecureSocket socket, Welcome welcome, int version) {}

    /**
     * @param patience for the welcome
     * @throws LinkRefused when there is no connection to {@code expected}, or a version is missing
     * @throws SocketTimeoutException when no welcome came
     */
    Dialled greet(Hello hello, Duration patience) throws SocketTimeoutException {
        SecureSocket socket = connect();
        boolean done = false;
        try {
            socket.silenceAtMost(patience);
            Greeting.write(socket.out(), hello);
            Welcome welcome = Greeting.read(socket.in(), Welcome.class);
            OptionalInt version = Greeting.agreed(hello.version(), welcome.version());
            if (version.isEmpty()) {
                throw refused(Greeting.disagreement(hello.version(), welcome.version()), null);
            }
            done = true;
            return new Dialled(socket, welcome, version.getAsInt());
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (EOFException e) {
            throw refused("hung up on " + identity.subject() + "; see its log", e);
        } catch (SSLException e) {
            throw refused(
                    "did not accept the certificate of "
                            + identity.subject()
                            + "; is it from the same cluster's authority?",
                    e);
        } catch (IOException e) {
            throw refused("hung up; see its log", e);
        } finally {
            if (!done) {
                socket.abort();
            }
        }
    }

    private SecureSocket connect() {
        InetSocketAddress resolved =
                address.isUnresolved()
                        ? new InetSocketAddress(address.getHostString(), address.getPort())
                        : address;
        if (resolved.isUnresolved()) {
            throw refused("has no address: the name is not known here", null);
        }
        try {
            SecureSocket socket = SecureSocket.connect(resolved, identity, atMost);
            if (!socket.peer().equals(Optional.of(expected))) {
                socket.abort();
                String who = socket.peer().map(Subject::toString).orElse("somebody unknown");
                throw refused("is " + who + "; check the address", null);
            }
            return socket;
        } catch (IOException e) {
            throw refused(why(e), e);
        }
    }

    private String why(IOException e) {
        return switch (e) {
            case ConnectException _ -> "cannot be reached; does it run, and is the address right?";
            case SocketTimeoutException _ ->
                    "did not answer within %d ms; is a packet filter in the way?"
                            .formatted(atMost.toMillis());
            case SSLException _ when causedByCertificate(e) ->
                    "showed a certificate that is not from this cluster's authority, or not valid"
                            + " now";
            case SSLException _ -> "does not speak Drover's TLS; check the port";
            default -> "cannot be reached";
        };
    }

    private static boolean causedByCertificate(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    LinkRefused refused(String why, @Nullable Throwable cause) {
        return new LinkRefused(
                "Could not connect to "
                        + expected
                        + ": "
                        + address.getHostString()
                        + ":"
                        + address.getPort()
                        + " "
                        + why,
                cause);
    }
}
