package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Wanted;
import dev.drover.api.link.Json;
import dev.drover.protocol.Active;
import dev.drover.store.ClusterStore;
import dev.drover.store.EmbeddedZooKeeper;
import dev.drover.store.FencedStore;
import dev.drover.store.Leadership;
import dev.drover.store.VmListener;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a leader knows of its VMs, against a real ZooKeeper. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // before each test
class InventoryTest {
    private EmbeddedZooKeeper zooKeeper;
    private ClusterStore store;
    private Leadership leadership;
    private long term;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
        store = ClusterStore.connect(zooKeeper.connectString());
        CompletableFuture<Long> gained = new CompletableFuture<>();
        leadership =
                Leadership.contend(
                        store,
                        "m",
                        new Leadership.Listener() {
                            @Override
                            public void gained(long now) {
                                gained.complete(now);
                            }

                            @Override
                            public void lost() {}
                        });
        term = gained.get();
    }

    @AfterEach
    void stop() {
        leadership.close();
        store.close();
        zooKeeper.close();
    }

    private static String text(String vm, Wanted wanted) {
        return Json.text(StoredVm.plain(TestCluster.spec(vm), wanted));
    }

    private static List<String> told(Inventory inventory) {
        return inventory.all().stream()
                .map(vm -> vm.name() + " " + vm.stored().wanted() + " " + vm.active())
                .toList();
    }

    /** What the store has, told the same way. */
    private List<String> stored() {
        Inventory another = new Inventory(store);
        var _ = another.begin();
        return told(another);
    }

    @Test
    void itKnowsWhatWasThereAndWhatIsWritten() {
        store.fence(term).declareVm("old", text("old", Wanted.ASLEEP), new Active("h1", 3));
        Inventory inventory = new Inventory(store);
        FencedStore writes = store.fence(term, inventory.begin());
        writes.declareVm("new", text("new", Wanted.RUNNING), new Active("h2", 1));
        writes.replaceVm("new", text("new", Wanted.STOPPED));
        assertThat(writes.compareAndSet("old", new Active("h1", 3), new Active("h2", 4)))
                .isNotNull();
        assertThat(told(inventory))
                .containsExactly(
                        "new STOPPED " + new Active("h2", 1), "old ASLEEP " + new Active("h2", 4))
                .isEqualTo(stored());
        writes.removeVm("old");
        assertThat(told(inventory)).hasSize(1).isEqualTo(stored());
    }

    @Test
    void whatItIsInDoubtOfItReads() {
        Inventory inventory = new Inventory(store);
        VmListener listener = inventory.begin();
        FencedStore writes = store.fence(term);
        writes.declareVm("a", text("a", Wanted.RUNNING), new Active("h1", 1));
        writes.declareVm("b", text("b", Wanted.RUNNING), new Active("h1", 1));
        listener.doubted("a");
        assertThat(told(inventory)).hasSize(1);
        // Of b only this is heard: so the rest is read.
        listener.recorded("b", new Active("h9", 9));
        assertThat(told(inventory)).isEqualTo(stored());
        writes.removeVm("a");
        listener.doubted("a");
        assertThat(told(inventory)).hasSize(1).isEqualTo(stored());
    }

    @Test
    void whatWasWrittenInAnEarlierTermIsNotHeardAnyMore() {
        Inventory inventory = new Inventory(store);
        VmListener earlier = inventory.begin();
        var _ = inventory.begin();
        earlier.declared("a", text("a", Wanted.RUNNING), new Active("h1", 1));
        assertThat(told(inventory)).isEmpty();
    }
}
