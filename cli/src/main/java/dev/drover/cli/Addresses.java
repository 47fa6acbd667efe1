package dev.drover.cli;

import java.net.InetSocketAddress;

/** Network addresses as people write them. */
final class Addresses {
    private Addresses() {}

    /** Reads {@code ADDRESS:PORT}; throws {@link BadInput}. */
    static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return new InetSocketAddress(text.substring(0, colon), port);
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException _) {
            throw new BadInput("'" + text + "' is no address; write for example 10.0.0.1:7400");
        }
    }
}
