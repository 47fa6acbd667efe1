package dev.drover.testkit.guest;

import dev.drover.ports.Guest;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Two connections over loopback, one each way, in place of the agents' link.
 *
 * @param forward source's end, target's end
 * @param back target's end, source's end
 */
public record Loopback(Way forward, Way back) implements AutoCloseable {
    /**
     * One direction.
     *
     * @param sender is written to
     * @param receiver is read from
     */
    public record Way(Socket sender, Socket receiver) {
        static Way make() throws IOException {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Socket sender = new Socket();
                sender.connect(
                        new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
                sender.setTcpNoDelay(true);
                return new Way(sender, server.accept());
            }
        }

        void cut() throws IOException {
            sender.close();
            receiver.close();
        }
    }

    /** Connects both. */
    public static Loopback make() throws IOException {
        return new Loopback(Way.make(), Way.make());
    }

    /** Begins to send. */
    public OutgoingMemory send(Guest source, MemoryMode mode) throws IOException {
        return source.sendMemory(
                mode, forward.sender().getOutputStream(), back.receiver().getInputStream());
    }

    /** Begins to receive. */
    public IncomingMemory receive(Guest target) throws IOException {
        return target.receiveMemory(
                forward.receiver().getInputStream(), back.sender().getOutputStream());
    }

    /** Cuts both, as a network that fails. */
    public void cut() throws IOException {
        forward.cut();
        back.cut();
    }

    @Override
    public void close() throws IOException {
        cut();
    }
}
