package dev.drover.api;

import java.net.InetSocketAddress;

/**
 * Where a host's agent answers.
 *
 * @param name of the host, unique in the cluster
 * @param address IP address or name
 * @param port TCP port, 1 to 65535
 */
public record HostAddress(String name, String address, int port) {
    /** The address for a socket. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }
}
