package dev.drover.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a store and ZooKeeper; forwards until it is told to do otherwise. */
final class TestProxy implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket();
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean requestsPass = true;
    private volatile boolean answersPass = true;

    TestProxy(String connect) throws IOException {
        target = Integer.parseInt(connect.substring(connect.indexOf(':') + 1));
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    String connect() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    /** As when a cable is pulled. */
    void freeze() {
        requestsPass = false;
        answersPass = false;
    }

    /** Requests reach the server, its answers are lost. */
    void swallowAnswers() {
        answersPass = false;
    }

    /** Ends all connections; new ones work. */
    void heal() throws IOException {
        for (Socket socket : new ArrayList<>(sockets)) {
            socket.close();
        }
        sockets.clear();
        requestsPass = true;
        answersPass = true;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        heal();
    }

    private void accept() {
        try {
            while (true) {
                Socket from = listening.accept();
                try {
                    Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.addAll(List.of(from, to));
                    Thread.ofVirtual().start(() -> forward(from, to, true));
                    Thread.ofVirtual().start(() -> forward(to, from, false));
                } catch (IOException _) {
                    from.close(); // the server is down
                }
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void forward(Socket from, Socket to, boolean requests) {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            int got;
            while ((got = from.getInputStream().read(buffer)) > 0) {
                if (requests ? requestsPass : answersPass) {
                    to.getOutputStream().write(buffer, 0, got);
                }
            }
        } catch (IOException _) {
            // cut
        }
    }
}
