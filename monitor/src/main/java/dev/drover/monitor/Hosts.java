package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.HostFacts;
import dev.drover.api.HostLink;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.Peer;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.Changes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of the cluster, and the connections of those whose agents have said hello. Thread-safe.
 */
final class Hosts {
    private final Duration patience;
    private final Changes changes;
    private final Set<String> known = new TreeSet<>();
    private final Map<String, Host> hosts = new TreeMap<>();

    /** Waits as long for the agent of a host of this cluster that is not connected. */
    Hosts(Duration patience, Changes changes) {
        this.patience = patience;
        this.changes = changes;
    }

    /** A host and the connection that its agent made; closed connections stay till the next. */
    record Host(HostAddress address, HostFacts facts, Peer peer) {}

    /** These belong to the cluster, as the store says, whether their agents have come or not. */
    synchronized void remember(Set<String> names) {
        known.addAll(names);
    }

    synchronized void joined(Host host) {
        known.add(host.address().name());
        Host before = hosts.put(host.address().name(), host);
        notifyAll();
        if (before == null || before.peer() != host.peer()) {
            tell(EventType.HOST_CONNECTED, host);
            host.peer().onClose(() -> left(host));
        }
    }

    private synchronized void left(Host host) {
        Host now = hosts.get(host.address().name());
        if (now != null && now.peer() == host.peer()) {
            tell(EventType.HOST_DISCONNECTED, now);
        }
    }

    private void tell(EventType type, Host host) {
        String name = host.address().name();
        Set<String> connected = type == EventType.HOST_CONNECTED ? Set.of(name) : Set.of();
        StoredHost stored = new StoredHost(host.address(), host.facts());
        changes.tell(type, EventView.of(type, RestCluster.view(stored, connected)));
    }

    /** Ends all connections; the agents will make new ones, to whoever leads. */
    void disconnect() {
        List<Host> all = removeAll();
        all.forEach(host -> Thread.ofVirtual().name("disconnect").start(host.peer()::close));
    }

    private synchronized List<Host> removeAll() {
        List<Host> all = List.copyOf(hosts.values());
        hosts.clear();
        return all;
    }

    /** Those that are connected now. */
    synchronized List<HostAddress> connected() {
        return hosts.values().stream().filter(h -> h.peer().isOpen()).map(Host::address).toList();
    }

    /** How many belong to the cluster, as far as is known. */
    synchronized int countKnown() {
        return known.size();
    }

    /**
     * A host, as soon as it is connected: its agent may be restarting, or not have found the new
     * leader yet. Throws {@link HostFailure} when there is none of this name, or it does not come.
     */
    synchronized Host awaitConnected(String name) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (known.contains(name) && !isConnected(name) && System.nanoTime() < until) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
        return connected(name);
    }

    /** A host that is connected now; throws {@link HostFailure} when it is not. */
    synchronized Host connected(String name) {
        Host host = hosts.get(name);
        if (host == null || !host.peer().isOpen()) {
            throw new HostFailure(
                    known.contains(name)
                            ? "Host " + name + " does not answer; see whether its agent runs"
                            : "There is no host '" + name + "'; there are " + known);
        }
        return host;
    }

    private boolean isConnected(String name) {
        Host host = hosts.get(name);
        return host != null && host.peer().isOpen();
    }

    /** A way to a host, whether it is connected now or not. */
    HostLink link(String name) {
        return new HostLink() {
            @Override
            public Peer peer() {
                Host host = find(name);
                if (host == null) {
                    throw new LinkException.LinkBroken("Host " + name + " is not connected", null);
                }
                return host.peer();
            }

            @Override
            public void awaitReachable() throws InterruptedException {
                await(name);
            }
        };
    }

    private synchronized @Nullable Host find(String name) {
        return hosts.get(name);
    }

    private synchronized void await(String name) throws InterruptedException {
        while (!isConnected(name)) {
            wait();
        }
    }
}
