package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.HostFacts;
import dev.drover.api.HostLink;
import dev.drover.api.HostLost;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.Peer;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.api.rest.HostView;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.Changes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts of the cluster, and the connections of those whose agents have said hello. Thread-safe.
 */
final class Hosts {
    private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);

    private final Duration patience;
    private final Changes changes;
    private final Map<String, StoredHost> known = new TreeMap<>();
    private final Map<String, Host> hosts = new TreeMap<>();
    private final Set<String> cordoned = new TreeSet<>();
    private final Set<String> lost = new TreeSet<>();
    private long ledSinceNanos = System.nanoTime();

    /** Waits as long for the agent of a host of this cluster that is not connected. */
    Hosts(Duration patience, Changes changes) {
        this.patience = patience;
        this.changes = changes;
    }

    /** A host and the connection that its agent made; closed connections stay till the next. */
    record Host(StoredHost said, Peer peer) {
        HostAddress address() {
            return said.address();
        }

        HostFacts facts() {
            return said.facts();
        }
    }

    /** These belong to the cluster, as the store says, whether their agents have come or not. */
    synchronized void remember(Map<String, String> stored) {
        stored.forEach((name, text) -> {
            try {
                known.put(name, Json.read(text, StoredHost.class));
            } catch (IllegalArgumentException e) {
                LOG.error("What the store has of host {} cannot be read", name, e);
            }
        });
    }

    /** Those that belong to the cluster, in the order of their names. */
    synchronized List<HostView> all() {
        return known.entrySet().stream()
                .map(host -> view(host.getValue(), isConnected(host.getKey())))
                .toList();
    }

    /** Of a host of the cluster; none of another. */
    synchronized Map<String, String> labels(String name) {
        StoredHost host = known.get(name);
        return host == null ? Map.of() : host.labels();
    }

    private HostView view(StoredHost host, boolean connected) {
        String name = host.address().name();
        return RestCluster.view(host, connected, isCordoned(name), isLost(name));
    }

    /**
     * This monitor begins to lead: their agents find it from now on.
     *
     * @param takeNoVms who is cordoned, as the store says
     * @param neverCome who was declared lost, as the store says
     */
    synchronized void beginToLead(Collection<String> takeNoVms, Collection<String> neverCome) {
        cordoned.clear();
        cordoned.addAll(takeNoVms);
        lost.addAll(neverCome);
        ledSinceNanos = System.nanoTime();
    }

    /** This host never comes back; nobody waits for it any more. */
    synchronized void lose(String name) {
        lost.add(name);
        notifyAll();
    }

    synchronized boolean isLost(String name) {
        return lost.contains(name);
    }

    /** Throws {@link HostLost} when a host was declared lost. */
    void refuseLost(String name) {
        if (isLost(name)) {
            throw new HostLost(name);
        }
    }

    /** Waits till the agents of all hosts are connected, or have had the time to be. */
    synchronized void awaitAll() throws InterruptedException {
        long until = ledSinceNanos + patience.toNanos();
        while (known.keySet().stream().anyMatch(this::isAwaited) && System.nanoTime() < until) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
    }

    /**
     * Waits till the agents of all hosts that live have had the time to find this leader, or this
     * one's has. Throws {@link HostFailure} when this host is connected.
     */
    synchronized void awaitAbsent(String name) throws InterruptedException {
        long until = ledSinceNanos + patience.toNanos();
        while (!isConnected(name) && System.nanoTime() < until) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
        refuseConnected(name);
    }

    /** Throws {@link HostFailure} when a host that is to be declared lost is connected. */
    synchronized void refuseConnected(String name) {
        if (isConnected(name)) {
            throw new HostFailure(
                    "Host "
                            + name
                            + " is connected, so it is not lost, and its VMs may run; power it off"
                            + " first, or stop its agent and its VMs");
        }
    }

    synchronized void cordon(String name) {
        if (cordoned.add(name)) {
            tellCordon(name);
        }
    }

    synchronized void uncordon(String name) {
        if (cordoned.remove(name)) {
            tellCordon(name);
        }
    }

    /** Of a host that is away nothing but its name is known here. */
    private void tellCordon(String name) {
        if (isConnected(name)) {
            tell(EventType.HOST_CORDON, Objects.requireNonNull(hosts.get(name)));
        } else {
            changes.lose();
        }
    }

    synchronized boolean isCordoned(String name) {
        return cordoned.contains(name);
    }

    /** Throws {@link HostFailure} when a host takes no VMs. */
    void refuseCordoned(String name) {
        if (isCordoned(name)) {
            throw new HostFailure(
                    "Host "
                            + name
                            + " is cordoned, so it takes no VMs; uncordon it (POST /v1/hosts/"
                            + name
                            + "/uncordon), or use another");
        }
    }

    synchronized void joined(Host host) {
        known.put(host.address().name(), host.said());
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
        boolean connected = type != EventType.HOST_DISCONNECTED;
        changes.tell(type, EventView.of(type, view(host.said(), connected)));
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
    List<HostAddress> connected() {
        return present().stream().map(Host::address).toList();
    }

    /** As the other, with their connections. */
    synchronized List<Host> present() {
        return hosts.values().stream().filter(h -> h.peer().isOpen()).toList();
    }

    /** How many belong to the cluster, as far as is known. */
    synchronized int countKnown() {
        return known.size();
    }

    /**
     * A host, as soon as it is connected: its agent may be restarting, or not have found the new
     * leader yet. Throws {@link HostFailure} when there is none of this name, or it does not come,
     * and {@link HostLost} when it never will.
     */
    synchronized Host awaitConnected(String name) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (isAwaited(name) && System.nanoTime() < until) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
        return connected(name);
    }

    /** A host that is connected now; throws {@link HostFailure} when it is not. */
    synchronized Host connected(String name) {
        refuseLost(name);
        Host host = hosts.get(name);
        if (host == null || !host.peer().isOpen()) {
            throw new HostFailure(
                    known.containsKey(name)
                            ? "Host " + name + " does not answer; see whether its agent runs"
                            : "There is no host '" + name + "'; there are " + known.keySet());
        }
        return host;
    }

    private boolean isAwaited(String name) {
        return known.containsKey(name) && !lost.contains(name) && !isConnected(name);
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
        while (!isConnected(name) && !lost.contains(name)) {
            wait();
        }
    }
}
