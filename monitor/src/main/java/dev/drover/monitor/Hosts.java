package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.HostFacts;
import dev.drover.api.HostLink;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.Peer;
import dev.drover.engine.HostFailure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The hosts whose agents have said hello. Thread-safe. */
final class Hosts {
    private final Map<String, Host> hosts = new TreeMap<>();

    /** A host and the connection that its agent made; closed connections stay till the next. */
    record Host(HostAddress address, HostFacts facts, Peer peer) {}

    synchronized void joined(Host host) {
        hosts.put(host.address().name(), host);
        notifyAll();
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

    /** A host that is connected now; throws {@link HostFailure} when it is not. */
    synchronized Host connected(String name) {
        Host host = hosts.get(name);
        if (host == null || !host.peer().isOpen()) {
            throw new HostFailure(
                    host == null
                            ? "There is no host '" + name + "'; known are " + hosts.keySet()
                            : "Host " + name + " does not answer; see whether its agent runs");
        }
        return host;
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
        while (!hosts.containsKey(name) || !hosts.get(name).peer().isOpen()) {
            wait();
        }
    }
}
