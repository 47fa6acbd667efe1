package dev.drover.lab.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Reads the guest's stream and checks every byte of it. */
final class GuestStream implements AutoCloseable {
    private static final int CONNECT_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private final StreamCheck check = new StreamCheck();
    private volatile boolean unbroken = true;

    /** Connects and asks for {@code bytesPerSecond}. */
    GuestStream(InetSocketAddress guest, long bytesPerSecond) throws IOException {
        socket.connect(guest, CONNECT_MILLIS);
        socket.getOutputStream().write(("rate " + bytesPerSecond + "\n").getBytes(US_ASCII));
        Thread.ofPlatform().daemon().name("stream").start(this::read);
    }

    private void read() {
        byte[] buffer = new byte[64 << 10];
        try {
            int length = socket.getInputStream().read(buffer);
            while (length >= 0) {
                check.accept(buffer, length);
                length = socket.getInputStream().read(buffer);
            }
        } catch (IOException _) {
            // Told below, as is an orderly end: neither is due.
        }
        unbroken = false;
    }

    StreamCheck check() {
        return check;
    }

    /** True while the connection of the beginning lives. */
    boolean unbroken() {
        return unbroken;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
