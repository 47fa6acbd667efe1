package dev.drover.monitor;

import dev.drover.store.Ensemble;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a monitor is told when it is started.
 *
 * @param listen where agents and users reach it
 * @param rest where the REST interface answers; empty for none
 * @param stateDirectory the cluster's state lies below it
 * @param identity directory with the monitor's certificate and key
 * @param zooKeeperPort of the embedded server, on the loopback interface; 0 for any
 * @param peers all monitors of the cluster, {@code listen} among them, in the same order
 *     everywhere; empty for one by itself. Each uses the next two ports as well
 * @param zooKeeper an outside ensemble in place of embedded servers, as {@code HOST:PORT,...};
 *     several monitors may use it, of which one leads
 * @param faults whether it crashes when it is told to
 */
public record MonitorSettings(
        InetSocketAddress listen,
        Optional<InetSocketAddress> rest,
        Path stateDirectory,
        Path identity,
        int zooKeeperPort,
        List<InetSocketAddress> peers,
        Optional<String> zooKeeper,
        boolean faults) {
    private static final int PORTS = 3;

    /** Throws {@link IllegalArgumentException} that says what is wrong with the peers. */
    public MonitorSettings {
        peers = List.copyOf(peers);
        if (!peers.isEmpty()) {
            if (zooKeeper.isPresent()) {
                throw new IllegalArgumentException(
                        "Peers embed servers of their own; an outside ensemble takes their place");
            }
            if (peers.size() != Set.copyOf(peers).size() || !peers.contains(listen)) {
                throw new IllegalArgumentException(
                        "The peers are each monitor once, this one as it listens among them; not "
                                + peers);
            }
            checkPorts(peers);
            var _ = ensemble(peers, listen);
        }
    }

    /** Whether no other monitor can lead. */
    boolean isAlone() {
        return peers.isEmpty() && zooKeeper.isEmpty();
    }

    Optional<Ensemble> ensemble() {
        return peers.isEmpty() ? Optional.empty() : Optional.of(ensemble(peers, listen));
    }

    private static void checkPorts(List<InetSocketAddress> peers) {
        for (InetSocketAddress peer : peers) {
            boolean clash =
                    peers.stream()
                            .filter(other -> other.getHostString().equals(peer.getHostString()))
                            .map(other -> other.getPort() - peer.getPort())
                            .anyMatch(apart -> apart > 0 && apart < PORTS);
            if (clash || peer.getPort() > 65_535 - PORTS + 1) {
                throw new IllegalArgumentException(
                        "Each peer uses its port and the next two; those of "
                                + peer
                                + " are taken by another, or there are none");
            }
        }
    }

    private static Ensemble ensemble(List<InetSocketAddress> peers, InetSocketAddress self) {
        return new Ensemble(
                peers.indexOf(self) + 1,
                peers.stream()
                        .map(p -> new Ensemble.Member(p.getHostString(), p.getPort() + 1))
                        .toList());
    }
}
