package dev.drover.cli;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/** Network addresses as people write them. */
public final class Addresses {
    private Addresses() {}

    /** Reads {@code ADDRESS:PORT,ADDRESS:PORT...}; throws {@link BadInput}. */
    static List<InetSocketAddress> parseAll(String text) {
        return Arrays.stream(text.split(",", -1)).map(Addresses::parse).toList();
    }

    /** Reads {@code ADDRESS:PORT}; throws {@link BadInput}. */
    public static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return new InetSocketAddress(text.substring(0, colon), port);
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException _) {
            throw new BadInput("'" + text + "' is no address; write for example 10.0.0.1:7400");
        }
    }
}
