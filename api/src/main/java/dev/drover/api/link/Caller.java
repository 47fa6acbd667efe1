package dev.drover.api.link;

import dev.drover.api.tls.Subject;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Who is at the other end of a connection.
 *
 * @param subject authenticated by its certificate
 * @param address from which it came, or at which it was called; proves nothing
 * @param version of the protocol that both sides speak on this connection
 * @param peer to call back; empty on a stream's connection
 */
public record Caller(
        Subject subject, InetSocketAddress address, int version, Optional<Peer> peer) {}
