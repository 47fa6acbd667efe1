package dev.drover.monitor;

import dev.drover.api.link.LinkServer;
import dev.drover.api.tls.Identity;
import dev.drover.store.ClusterStore;
import dev.drover.store.EmbeddedZooKeeper;
import dev.drover.store.Leadership;
import java.io.IOException;
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
        Leadership leadership = Leadership.contend(store, "monitor", new Leader(moves, leads));
        leads.join();
        MonitorService service = new MonitorService(hosts, moves);
        LinkServer server = LinkServer.listen(settings.listen(), identity, _ -> service);
        LOG.info("The cluster monitor answers on {}", settings.listen());
        return new ClusterMonitor(zooKeeper, store, leadership, server);
    }

    @Override
    public void close() {
        server.close();
        leadership.close();
        store.close();
        zooKeeper.close();
    }

    /** The one monitor of this version always leads; should it not, it must not go on. */
    private record Leader(Moves moves, CompletableFuture<Void> leads)
            implements Leadership.Listener {
        @Override
        public void gained(long term) {
            moves.takeUp(term);
            leads.complete(null);
        }

        @Override
        public void lost() {
            LOG.error("Leadership is lost: ending, so that another may lead");
            Runtime.getRuntime().halt(1);
        }
    }
}
