package dev.drover.monitor;

import dev.drover.api.MoveOrder;
import dev.drover.api.Wanted;
import dev.drover.api.link.Json;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.engine.ClusterRecord;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.Changes;
import dev.drover.protocol.Active;
import dev.drover.protocol.State;
import dev.drover.store.ClusterStore;
import dev.drover.store.FencedStore;
import dev.drover.store.MoveRecord;
import dev.drover.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The record of one move's VM, and the move's own journal, in the cluster's store. */
final class StoreRecord implements ClusterRecord {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final ClusterStore store;
    private final Inventory inventory;
    private final FencedStore writes;
    private final MoveOrder order;
    private final Changes changes;
    private final Function<State, StoredMove> move;

    /**
     * The record of an order's VM.
     *
     * @param move the move as it is to be stored with a state
     */
    StoreRecord(
            ClusterStore store,
            Inventory inventory,
            FencedStore writes,
            MoveOrder order,
            Changes changes,
            Function<State, StoredMove> move) {
        this.store = store;
        this.inventory = inventory;
        this.writes = writes;
        this.order = order;
        this.changes = changes;
        this.move = move;
    }

    @Override
    public void persist(State state) {
        writes.saveMove(stored(state));
    }

    @Override
    public CasOutcome compareAndSet(String vm, Active expected, Active next, State ifWon) {
        try {
            return switch (writes.compareAndSet(vm, expected, next, stored(ifWon))) {
                case dev.drover.store.CasOutcome.Won() -> {
                    tell(next);
                    yield new CasOutcome.Won();
                }
                case dev.drover.store.CasOutcome.Lost(Active now) -> {
                    if (now.equals(next)) { // won before, the answer lost
                        tell(now);
                    }
                    yield new CasOutcome.Lost(now);
                }
                case dev.drover.store.CasOutcome.Unknown(String why) -> {
                    awaitConnected();
                    yield new CasOutcome.Unknown(why);
                }
            };
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new CasOutcome.Unknown("Interrupted");
        }
    }

    private void tell(Active now) {
        StoredVm vm =
                inventory
                        .find(order.vm().name())
                        .orElseGet(() -> StoredVm.plain(order.vm(), Wanted.of(order.rest())));
        changes.tell(
                EventType.VM_RECORD,
                EventView.of(
                        EventType.VM_RECORD,
                        RestCluster.view(vm, now, false, Optional.of(order.plan().id()))));
    }

    @Override
    public void proveQuorum() {
        try {
            writes.touchQuorum();
        } catch (StoreException e) {
            throw new HostFailure("The cluster monitor has no quorum: " + e.getMessage(), e);
        }
    }

    /** Nobody can tell the outcome before the store answers again. */
    private void awaitConnected() throws InterruptedException {
        do {
            Thread.sleep(BETWEEN_LOOKS);
        } while (!store.connected());
    }

    private MoveRecord stored(State state) {
        return new MoveRecord(order.plan().id(), Json.text(move.apply(state)));
    }
}
