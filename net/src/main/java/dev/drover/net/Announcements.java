package dev.drover.net;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Hears reverse ARP requests on the bridge. Those of the VM's own tap are heard too, but the fence
 * has counted them before: what was heard beyond that count came from elsewhere. Thread-safe.
 */
final class Announcements implements AutoCloseable {
    private final Descriptor socket;
    private final LongSupplier own;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Long> heard = new HashMap<>();
    private final ByteBuffer buffer = Buffers.zeroed(2048);
    private long ownBefore;
    private boolean closed;

    /**
     * Listens from now on.
     *
     * @param own announcements that the VM's tap has let out so far
     */
    Announcements(Kernel kernel, int bridgeIndex, LongSupplier own) {
        socket = PacketSocket.open(kernel, bridgeIndex, ReverseArp.ETHER_TYPE, "RARP socket");
        this.own = own;
    }

    int fd() {
        return socket.number();
    }

    /** Forgets what was heard so far. */
    void restart() {
        receive();
        lock.lock();
        try {
            heard.clear();
            ownBefore = own.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    /** Takes what has come. */
    void receive() {
        lock.lock();
        try {
            while (socket.read(buffer) >= ReverseArp.BYTES - 18) {
                heard.merge(ReverseArp.sender(buffer), 1L, Long::sum);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** False when none came in time, when interrupted, and when closed. */
    boolean await(String mac, Duration atMost) {
        String sender = ReverseArp.normalize(mac);
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!fromElsewhere(sender) && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return fromElsewhere(sender);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean fromElsewhere(String sender) {
        return heard.getOrDefault(sender, 0L) > own.getAsLong() - ownBefore;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            socket.close();
        } finally {
            lock.unlock();
        }
    }
}
