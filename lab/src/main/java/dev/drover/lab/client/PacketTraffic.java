package dev.drover.lab.client;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends numbered packets at an exact rate and takes their answers. A packet: "DRVR", four bytes of
 * number, eight bytes of time, zeros up to 64; the guest sends it back as it is.
 */
final class PacketTraffic implements AutoCloseable {
    private static final int MAGIC = 0x44525652;
    private static final int LENGTH = 64;
    private static final Duration RECEIVE_PATIENCE = Duration.ofMillis(200);
    private static final long LATEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final UdpSocket socket;
    private final Tally tally;
    private final Thread sender;
    private final Thread receiver;
    private volatile long periodNanos;
    private volatile boolean running = true;

    /** Begins at once, with {@code packetsPerSecond}. */
    PacketTraffic(Inet4Address guest, int port, Tally tally, int packetsPerSecond)
            throws IOException {
        this.socket = new UdpSocket(guest, port, RECEIVE_PATIENCE);
        this.tally = tally;
        this.periodNanos = period(packetsPerSecond);
        sender = Thread.ofPlatform().name("sender").start(this::send);
        receiver = Thread.ofPlatform().name("receiver").start(this::receive);
    }

    /** Changes the rate, 1 or more packets a second, from now on. */
    void rate(int packetsPerSecond) {
        periodNanos = period(packetsPerSecond);
        LockSupport.unpark(sender);
    }

    private static long period(int packetsPerSecond) {
        return TimeUnit.SECONDS.toNanos(1) / packetsPerSecond;
    }

    private void send() {
        ByteBuffer packet = socket.outgoing();
        packet.putInt(0, MAGIC);
        long last = System.nanoTime();
        while (running) {
            long now = System.nanoTime();
            long due = last + periodNanos;
            if (now < due) {
                LockSupport.parkNanos(due - now);
                continue;
            }
            packet.putInt(4, tally.send(now - due)).putLong(8, now);
            if (!socket.send(LENGTH)) {
                // The error of an earlier packet was told in place of sending; it is cleared now.
                socket.send(LENGTH);
            }
            // What this process slept through is not sent in a burst.
            last = now - due > LATEST_NANOS ? now : due;
        }
    }

    private void receive() {
        ByteBuffer packet = socket.incoming();
        while (running) {
            int length = socket.receive();
            if (length == LENGTH && packet.getInt(0) == MAGIC) {
                tally.answer(packet.getInt(4), packet.getLong(8), System.nanoTime());
            } else if (length < 0) {
                // Nobody listens yet: an ICMP error comes back for each packet sent.
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        running = false;
        try {
            sender.join();
            receiver.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        socket.close();
    }
}
