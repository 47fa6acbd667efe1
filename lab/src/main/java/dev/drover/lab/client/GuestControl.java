package dev.drover.lab.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A connection to the guest's control: a line of request, a line of answer. Thread-safe. */
final class GuestControl implements AutoCloseable {
    private static final int CONNECT_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private final BufferedReader answers;

    GuestControl(InetSocketAddress guest) throws IOException {
        socket.connect(guest, CONNECT_MILLIS);
        socket.setTcpNoDelay(true);
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
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
