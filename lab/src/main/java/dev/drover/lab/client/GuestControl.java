package dev.drover.lab.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A connection to the guest's control: a line of request, a line of answer. Thread-safe. */
final class GuestControl implements AutoCloseable {
    private static final int CONNECT_MILLIS = 10_000;
    private static final long AGAIN_NANOS = 20_000_000;

    private final Socket socket;
    private final BufferedReader answers;

    private GuestControl(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    /** Connects; to a guest that refuses, since it is booting, again and again for this long. */
    static GuestControl connect(InetSocketAddress guest, Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(guest, CONNECT_MILLIS);
                return new GuestControl(socket);
            } catch (ConnectException e) {
                socket.close();
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    /**
     * The guest's line of answer, as it came.
     *
     * @throws IOException when none came in time; the connection is of no use any more then
     */
    synchronized String ask(String request, Duration atMost) throws IOException {
        socket.setSoTimeout((int) atMost.toMillis());
        socket.getOutputStream().write((request + "\n").getBytes(US_ASCII));
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("The guest closed its control connection");
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
