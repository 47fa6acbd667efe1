package dev.drover.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * An address at which a service is going to listen.
 *
 * @param users who connects there
 * @param option that chooses it
 */
record Listening(InetSocketAddress address, String users, String option) {
    /**
     * Listens at all of them for a moment, before a service changes anything. Throws {@link
     * BadInput} for the first that cannot be had.
     */
    static void tryAll(List<Listening> all) throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (Listening one : all) {
                one.refuseTwice(all.subList(0, open.size()));
                open.add(one.open());
            }
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }

    private void refuseTwice(List<Listening> earlier) {
        for (Listening other : earlier) {
            if (other.address.equals(address)) {
                throw cannot("it is for " + other.users + " already", "Choose another");
            }
        }
    }

    private ServerSocket open() throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(address);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw refused(e);
        }
    }

    private BadInput refused(IOException e) {
        if (address.isUnresolved()) {
            return cannot("its name cannot be resolved", "Choose another");
        }
        if (!isOfThisMachine()) {
            return cannot(
                    "this machine has no such address",
                    "Choose one of those that `ip -brief address` shows");
        }
        return cannot(
                String.valueOf(e.getMessage()),
                "`ss -ltnp 'sport = :"
                        + address.getPort()
                        + "'` shows who uses it; choose another");
    }

    private boolean isOfThisMachine() {
        try (ServerSocket _ = new ServerSocket(0, 1, address.getAddress())) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private BadInput cannot(String why, String remedy) {
        return new BadInput(
                "Cannot listen at %s:%d for %s: %s. %s with %s"
                        .formatted(
                                address.getHostString(),
                                address.getPort(),
                                users,
                                why,
                                remedy,
                                option));
    }
}
