package dev.drover.agent;

import dev.drover.api.HostLost;
import dev.drover.api.MonitorMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to the cluster monitor that leads, made anew whenever it breaks. */
final class MonitorLink implements ToMonitor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorLink.class);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    /** A host that was declared lost stays so; it asks on, lest its log ends where one looks. */
    private static final Duration WHEN_LOST = Duration.ofMinutes(1);

    private final HostSettings settings;
    private final Identity identity;
    private volatile @Nullable Peer peer;
    private @Nullable Thread keeper;

    MonitorLink(HostSettings settings, Identity identity) {
        this.settings = settings;
        this.identity = identity;
    }

    /**
     * Begins to connect.
     *
     * @param service answers the monitor
     * @param hello what is said first, each time
     */
    void keep(Service service, Supplier<MonitorMessage.Hello> hello) {
        keeper = Thread.ofVirtual().name("monitor-link").start(() -> keepConnected(service, hello));
    }

    @Override
    public void tell(MonitorMessage message) {
        Peer now = peer;
        try {
            if (now != null) {
                now.tell(Wire.verb((Record) message), message);
            }
        } catch (LinkException e) {
            LOG.debug("The monitor was not told of {}", message, e);
        }
    }

    @Override
    public void ask(MonitorMessage message) {
        Peer now = peer;
        try {
            if (now != null) {
                now.call(Wire.verb((Record) message), message, Void.class);
            }
        } catch (LinkException e) {
            LOG.debug("The monitor did not answer to {}", message, e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (keeper != null) {
            keeper.interrupt();
        }
        Peer now = peer;
        if (now != null) {
            now.close();
        }
    }

    private void keepConnected(Service service, Supplier<MonitorMessage.Hello> hello) {
        Set<String> complaints = new HashSet<>();
        try {
            while (true) {
                for (InetSocketAddress monitor : settings.monitors()) {
                    keepConnected(monitor, service, hello, complaints);
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    /** Returns when the connection broke, or there is none. Each complaint is told once. */
    private void keepConnected(
            InetSocketAddress monitor,
            Service service,
            Supplier<MonitorMessage.Hello> hello,
            Set<String> complaints)
            throws InterruptedException {
        try {
            connectOnce(monitor, service, hello.get());
            complaints.clear();
        } catch (LinkException e) {
            if (HostLost.isSaidBy(e)) {
                LOG.error("The monitor at {} refuses this host: {}", monitor, e.getMessage());
                Thread.sleep(WHEN_LOST);
            } else if (complaints.add(String.valueOf(e.getMessage()))) {
                LOG.warn(
                        "The monitor at {} is of no use now, will try on: {}",
                        monitor,
                        e.getMessage());
            }
        }
    }

    private void connectOnce(InetSocketAddress monitor, Service service, MonitorMessage.Hello hello)
            throws InterruptedException {
        try (Peer now =
                Peer.connect(monitor, identity, Subject.monitor(), service, LinkLimits.USUAL)) {
            CountDownLatch closed = new CountDownLatch(1);
            now.onClose(closed::countDown);
            now.call(Wire.verb(hello), hello, Void.class);
            peer = now;
            LOG.info("Connected to the cluster monitor at {}", monitor);
            closed.await();
        } finally {
            peer = null;
        }
    }
}
