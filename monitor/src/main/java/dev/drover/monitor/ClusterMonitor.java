package dev.drover.monitor;

import dev.drover.api.link.LinkServer;
import dev.drover.api.tls.Identity;
import dev.drover.store.ClusterStore;
import dev.drover.store.EmbeddedZooKeeper;
import dev.drover.store.Leadership;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster monitor: keeps who is the active host of each VM, and drives moves. Read {@link
 * #start} from top to bottom.
 */
public final class ClusterMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMonitor.class);

    private final EmbeddedZooKeeper zooKeeper;
    private final ClusterStore store;
    private final Leadership leadership;
    private final LinkServer server;

    private ClusterMonitor(
            EmbeddedZooKeeper zooKeeper,
            ClusterStore store,
            Leadership leadership,
            LinkServer server) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.leadership = leadership;
        this.server = server;
    }

    /**
     * Starts a monitor; it leads and answers when this returns.
     *
     * @throws IOException when its state cannot be read or the address is in use
     */
    public static ClusterMonitor start(MonitorSettings settings)
            throws IOException, InterruptedException {
        Identity identity = Identity.load(settings.identity());
        EmbeddedZooKeeper zooKeeper =
                EmbeddedZooKeeper.start(
                        settings.stateDirectory().resolve("zookeeper"), settings.zooKeeperPort());
        ClusterStore store = ClusterStore.connect(zooKeeper.connectString());
        Hosts hosts = new Hosts();
        Moves moves = new Moves(store, hosts, settings.faults());
        CompletableFuture<Void> leads = new CompletableFuture<>();
        Leadership leadership =
                Leadership.contend(store, "monitor", new Leader(moves, hosts, leads));
        leads.join();
        MonitorService service = new MonitorService(hosts, moves);
        LinkServer server = LinkServer.listen(settings.listen(), identity, _ -> service);
        LOG.info("The cluster monitor answers on {}", settings.listen());
        return new ClusterMonitor(zooKeeper, store, leadership, server);
    }

    /** Where it answers, with the real port. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** Ends it; whoever leads next goes on with its moves. */
    @Override
    public void close() {
        leadership.close(); // first: a link that is cut would undo moves that can go on
        server.close();
        store.close();
        zooKeeper.close();
    }

    /** While it does not lead it says no to everybody, and has no connections to agents. */
    private record Leader(Moves moves, Hosts hosts, CompletableFuture<Void> leads)
            implements Leadership.Listener {
        @Override
        public void gained(long term) {
            moves.takeUp(term);
            leads.complete(null);
        }

        @Override
        public void lost() {
            LOG.warn("This monitor does not lead any more");
            try {
                moves.stepDown();
                hosts.disconnect();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
