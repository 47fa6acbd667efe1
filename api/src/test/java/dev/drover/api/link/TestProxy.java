package dev.drover.api.link;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Forwards connections, until it is told to do otherwise. */
final class TestProxy implements AutoCloseable {
    /** Reads that were forwarded since the start, to the target and back. */
    final Semaphore forth = new Semaphore(0);

    final Semaphore back = new Semaphore(0);

    private final ServerSocket listening = new ServerSocket();
    private final InetSocketAddress target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile boolean frozen;
    private volatile boolean reading = true;

    TestProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        listening.bind(TestCluster.anyPort());
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    /** Connections stay, but nothing passes any more: as when a cable is pulled. */
    void freeze() {
        frozen = true;
    }

    /** What is sent is not taken any more, and piles up in the kernel. */
    void stopReading() {
        reading = false;
    }

    /** Ends all connections in the plain way, as the kernel does for a killed process. */
    void cut() throws IOException {
        for (Socket socket : new ArrayList<>(sockets)) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        never.countDown();
        listening.close();
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket from = listening.accept();
                Socket to = new Socket(target.getAddress(), target.getPort());
                sockets.addAll(List.of(from, to));
                Thread.ofVirtual().start(() -> forward(from, to, forth));
                Thread.ofVirtual().start(() -> forward(to, from, back));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void forward(Socket from, Socket to, Semaphore count) {
        byte[] buffer = new byte[64 << 10];
        try {
            InputStream in = from.getInputStream();
            int got;
            while ((got = in.read(buffer)) > 0) {
                if (!reading) {
                    never.await();
                }
                if (!frozen) {
                    to.getOutputStream().write(buffer, 0, got);
                    count.release();
                }
            }
            to.shutdownOutput();
        } catch (IOException | InterruptedException _) {
            // cut
        }
    }
}
