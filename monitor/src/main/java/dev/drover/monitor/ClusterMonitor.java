package dev.drover.monitor;

import dev.drover.api.NotLeading;
import dev.drover.api.link.LinkServer;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.monitor.rest.Changes;
import dev.drover.monitor.rest.RestServer;
import dev.drover.store.ClusterStore;
import dev.drover.store.EmbeddedZooKeeper;
import dev.drover.store.Ensemble;
import dev.drover.store.Leadership;
import dev.drover.store.StoreException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster monitor: keeps who is the active host of each VM, and drives moves. Read {@link
 * #start} from top to bottom.
 */
public final class ClusterMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMonitor.class);

    /** Agents try every monitor in turn, every 100 ms, and give up a silent one after 10 s. */
    private static final Duration HOSTS_COME_BACK = Duration.ofSeconds(15);

    private final Optional<EmbeddedZooKeeper> zooKeeper;
    private final ClusterStore store;
    private final Leadership leadership;
    private final LinkServer server;
    private final Optional<RestServer> rest;

    private ClusterMonitor(
            Optional<EmbeddedZooKeeper> zooKeeper,
            ClusterStore store,
            Leadership leadership,
            LinkServer server,
            Optional<RestServer> rest) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.leadership = leadership;
        this.server = server;
        this.rest = rest;
    }

    /**
     * Starts a monitor. When this returns it answers; one that is by itself leads, too. One of an
     * ensemble waits here until a majority of it is up.
     *
     * @throws IOException when its state cannot be read or the address is in use
     */
    public static ClusterMonitor start(MonitorSettings settings)
            throws IOException, InterruptedException {
        return start(settings, HOSTS_COME_BACK);
    }

    /** As the other, with another time for the agents to find a new leader. */
    static ClusterMonitor start(MonitorSettings settings, Duration hostsComeBack)
            throws IOException, InterruptedException {
        Identity identity = Identity.load(settings.identity());
        Optional<EmbeddedZooKeeper> zooKeeper =
                settings.zooKeeper().isPresent()
                        ? Optional.empty()
                        : Optional.of(startZooKeeper(settings, identity));
        ClusterStore store =
                connect(
                        zooKeeper
                                .map(EmbeddedZooKeeper::connectString)
                                .or(settings::zooKeeper)
                                .orElseThrow());
        Changes changes = new Changes();
        Metrics metrics = new Metrics();
        Hosts hosts = new Hosts(hostsComeBack, changes);
        Inventory inventory = new Inventory(store);
        Moves moves = new Moves(store, inventory, hosts, settings.faults(), changes, metrics);
        metrics.of(inventory, hosts, moves);
        Placement placement = new Placement(store, inventory, hosts);
        Evacuations evacuations = new Evacuations(store, hosts, placement, moves);
        CompletableFuture<Void> leads = new CompletableFuture<>();
        Leadership leadership =
                Leadership.contend(
                        store,
                        named(settings),
                        new Leader(moves, hosts, evacuations, settings.rest(), leads));
        if (settings.isAlone()) {
            leads.join();
        }
        Vms vms = new Vms(hosts, moves, changes);
        LostHosts lostHosts = new LostHosts(store, hosts, moves, changes);
        Images images = new Images(store, hosts, moves, identity);
        MonitorService service = new MonitorService(hosts, moves, vms, lostHosts, images);
        LinkServer server = LinkServer.listen(settings.listen(), identity, _ -> service);
        RestCluster cluster =
                new RestCluster(
                        store,
                        inventory,
                        hosts,
                        moves,
                        vms,
                        new NewVms(store, inventory, placement, vms, images),
                        new HostCare(hosts, moves, lostHosts, evacuations),
                        images,
                        new KeptVolumes(hosts, moves),
                        changes,
                        metrics);
        Optional<RestServer> rest =
                settings.rest().map(address -> RestServer.listen(address, identity, cluster));
        LOG.info("The cluster monitor answers on {}", settings.listen());
        return new ClusterMonitor(zooKeeper, store, leadership, server, rest);
    }

    private static EmbeddedZooKeeper startZooKeeper(MonitorSettings settings, Identity identity) {
        Path directory = settings.stateDirectory().resolve("zookeeper");
        if (settings.ensemble().isEmpty()) {
            return EmbeddedZooKeeper.start(directory, settings.zooKeeperPort());
        }
        Ensemble.secure(identity.contextAmong(Subject.Role.MONITOR));
        return EmbeddedZooKeeper.startMember(directory, settings.ensemble().get());
    }

    private static ClusterStore connect(String zooKeeper) throws InterruptedException {
        while (true) {
            try {
                return ClusterStore.connect(zooKeeper);
            } catch (StoreException.Unavailable e) {
                LOG.warn("There is no majority of ZooKeeper's servers yet; waiting for them");
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    /** What others are told who ask another monitor than the one that leads. */
    private static String named(MonitorSettings settings) {
        return settings.listen().getHostString() + ":" + settings.listen().getPort();
    }

    /** Where it answers, with the real port. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** Its REST interface, if it was to have one. */
    Optional<RestServer> rest() {
        return rest;
    }

    /** Ends it; whoever leads next goes on with its moves. */
    @Override
    public void close() {
        leadership.close(); // first: whoever leads next decides, not a link that is cut here
        server.close();
        rest.ifPresent(RestServer::close);
        store.close();
        zooKeeper.ifPresent(EmbeddedZooKeeper::close);
    }

    /** While it does not lead it says no to everybody, and has no connections to agents. */
    private record Leader(
            Moves moves,
            Hosts hosts,
            Evacuations evacuations,
            Optional<InetSocketAddress> rest,
            CompletableFuture<Void> leads)
            implements Leadership.Listener {
        private static final Duration PATIENCE = Duration.ofSeconds(30);
        private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

        @Override
        public void gained(long term) {
            try {
                takeUp(() -> {
                    evacuations.read();
                    moves.takeUp(term);
                });
                if (moves.leads()) {
                    evacuations.goOn();
                }
                tellWhere();
                leads.complete(null);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        /** Those who ask another monitor are told; without it they try them all. */
        private void tellWhere() {
            try {
                moves.writes()
                        .putRest(
                                rest.map(a -> "https://" + a.getHostString() + ":" + a.getPort())
                                        .orElse(""));
            } catch (StoreException | NotLeading e) {
                LOG.warn("Where this leader's REST interface is stays unknown", e);
            }
        }

        /**
         * What is under way must be known before anything else is decided. A store that answers
         * nothing for so long has ended the session, and with it the lead; it is won anew.
         */
        private static void takeUp(Runnable work) throws InterruptedException {
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                try {
                    work.run();
                    return;
                } catch (StoreException.Unavailable e) {
                    if (System.nanoTime() > until) {
                        LOG.error("What is under way cannot be read; not leading", e);
                        return;
                    }
                    Thread.sleep(BETWEEN_TRIES);
                }
            }
        }

        @Override
        public void lost() {
            LOG.warn("This monitor does not lead any more");
            try {
                moves.stepDown();
                evacuations.stepDown();
                hosts.disconnect();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
