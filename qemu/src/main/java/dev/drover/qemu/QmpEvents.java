package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.node.MissingNode;

/**
 * The events of some names from the moment of the subscription on, none lost. Subscribe before the
 * command whose event is awaited. One caller at a time.
 */
final class QmpEvents implements AutoCloseable {
    private static final QmpEvent END = new QmpEvent("", 0, MissingNode.getInstance());

    private final QmpConnection connection;
    private final Set<String> names;
    private final BlockingQueue<QmpEvent> arrived = new LinkedBlockingQueue<>();

    QmpEvents(QmpConnection connection, Set<String> names) {
        this.connection = connection;
        this.names = names;
    }

    void offer(QmpEvent event) {
        if (names.contains(event.name())) {
            arrived.add(event);
        }
    }

    void end() {
        arrived.add(END);
    }

    /**
     * The next event that matches; those before it are dropped.
     *
     * @param what is awaited, for the message
     * @throws HypervisorException when it does not come in time or QEMU is gone
     */
    QmpEvent await(String what, Predicate<QmpEvent> matching, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                QmpEvent event = arrived.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (event == null) {
                    throw new HypervisorException(
                            "QEMU did not report " + what + " within " + atMost.toMillis() + " ms");
                }
                if (event.equals(END)) {
                    arrived.add(END);
                    throw connection.gone(what);
                }
                if (matching.test(event)) {
                    return event;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Interrupted while waiting for " + what, e);
        }
    }

    @Override
    public void close() {
        connection.forget(this);
    }
}
