package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.HostFacts;
import dev.drover.api.MoveOrder;
import dev.drover.api.link.Json;
import dev.drover.engine.ClusterRecord;
import dev.drover.engine.ClusterRecordContract;
import dev.drover.monitor.rest.Changes;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.Move;
import dev.drover.protocol.State;
import dev.drover.store.ClusterStore;
import dev.drover.store.EmbeddedZooKeeper;
import dev.drover.store.FencedStore;
import dev.drover.store.Leadership;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The record in a real ZooKeeper; without a quorum, that is with its server stopped. */
class StoreRecordIT extends ClusterRecordContract {
    private static final Duration SESSION = Duration.ofSeconds(2);
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final VmSpec VM =
            new VmSpec(
                    PLAN.vm(),
                    1,
                    256L << 20,
                    new VmSpec.DiskSpec(VmSpec.Format.RAW, 1 << 20),
                    new VmSpec.NicSpec("52:54:00:00:00:01", "vmbr0"),
                    new VmSpec.Boot.FromDisk());

    private static Path directory;
    private static EmbeddedZooKeeper zooKeeper;
    private static ClusterStore store;
    private static long term;

    private StoreRecord record;

    @BeforeAll
    static void start(@TempDir Path state) throws Exception {
        directory = state;
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
        store = ClusterStore.connect(zooKeeper.connectString(), SESSION, CONNECT);
        var led = new CompletableFuture<Long>();
        try (Leadership _ = Leadership.contend(store, "m", new FirstTerm(led))) {
            term = led.get();
        }
    }

    /** It leads for as long as nobody else wants to. */
    private record FirstTerm(CompletableFuture<Long> led) implements Leadership.Listener {
        @Override
        public void gained(long begun) {
            led.complete(begun);
        }

        @Override
        public void lost() {}
    }

    @AfterAll
    static void stop() {
        store.close();
        zooKeeper.close();
    }

    @BeforeEach
    void declare() {
        FencedStore writes = store.fence(term);
        writes.removeVm(PLAN.vm());
        writes.removeMove(PLAN.id());
        writes.declareVm(PLAN.vm(), Json.text(VM), PLAN.before());
        record =
                new StoreRecord(
                        store,
                        new Inventory(store),
                        writes,
                        order(),
                        new Changes(),
                        state -> new StoredMove(order(), state, Optional.empty()));
        record.persist(Move.begin(PLAN));
    }

    private static MoveOrder order() {
        return new MoveOrder(
                term,
                PLAN,
                VM,
                Optional.empty(),
                new HostAddress(PLAN.source(), "127.0.0.1", 1),
                new HostAddress(PLAN.target(), "127.0.0.1", 2),
                new HostFacts("7.2.22", "tcg", "pc-i440fx-7.2", 1500),
                Optional.empty());
    }

    @Override
    protected ClusterRecord record() {
        return record;
    }

    @Override
    protected Active active() {
        return store.active(PLAN.vm()).orElseThrow();
    }

    @Override
    protected State journal() {
        return Json.read(store.loadMoves().getFirst().state(), StoredMove.class).state();
    }

    @Override
    protected void loseQuorum() {
        zooKeeper.close();
    }

    @Override
    protected void regainQuorum() {
        String address = zooKeeper.connectString();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        zooKeeper = EmbeddedZooKeeper.start(directory, port);
    }
}
