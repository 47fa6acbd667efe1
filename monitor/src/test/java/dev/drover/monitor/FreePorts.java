package dev.drover.monitor;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Ports of loopback that nobody listens on, each given once only; below those that the kernel gives
 * to anybody who asks for any (net.ipv4.ip_local_port_range).
 */
final class FreePorts {
    private static int next = 20_000;

    private FreePorts() {}

    /** The first of so many in a row. */
    static synchronized int take(int inARow) throws IOException {
        while (true) {
            int first = next;
            next += inARow;
            if (areFree(first, next)) {
                return first;
            }
        }
    }

    private static boolean areFree(int first, int end) throws IOException {
        for (int port = first; port < end; port++) {
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                // It could be had.
            } catch (BindException _) {
                return false;
            }
        }
        return true;
    }
}
