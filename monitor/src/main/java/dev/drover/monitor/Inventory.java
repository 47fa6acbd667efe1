package dev.drover.monitor;

import dev.drover.api.link.Json;
import dev.drover.protocol.Active;
import dev.drover.store.ClusterStore;
import dev.drover.store.VmListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All VMs, as this monitor has written them since it leads: lists and placement need not ask the
 * store for each. While another may lead already it may be old; it never gives the right to act.
 * Any thread.
 */
final class Inventory {
    private static final Logger LOG = LoggerFactory.getLogger(Inventory.class);

    /** A VM that is written to so often that it is in doubt for so long is left out. */
    private static final int MOST_TRIES = 10;

    private final ClusterStore store;
    private volatile Copy copy;

    Inventory(ClusterStore store) {
        this.store = store;
        this.copy = new Copy(List.of());
    }

    /** A VM and its record. */
    record Vm(StoredVm stored, Active active) {
        String name() {
            return stored.name();
        }
    }

    /**
     * Begins anew, with what the store has: this monitor leads, and has written nothing yet. What
     * writes for this term tells the listener.
     */
    VmListener begin() {
        Copy next = new Copy(store.vms());
        next.settle(store);
        copy = next;
        return next;
    }

    /**
     * All of them, in the order of their names. Throws {@link
     * dev.drover.store.StoreException.Unavailable} when the answer to a write was lost, and still
     * nothing is heard from the store.
     */
    List<Vm> all() {
        Copy now = copy;
        now.settle(store);
        return now.all();
    }

    /** What is declared of one, as far as that is known without asking the store. */
    Optional<StoredVm> find(String vm) {
        return copy.find(vm).map(Vm::stored);
    }

    /** What is known in one term. */
    private static final class Copy implements VmListener {
        private final Map<String, Vm> vms = new TreeMap<>();

        /** VMs that must be read to be known; each doubt is another. */
        private final Map<String, Object> doubts = new HashMap<>();

        Copy(List<String> names) {
            names.forEach(name -> doubts.put(name, new Object()));
        }

        synchronized Optional<Vm> find(String vm) {
            return Optional.ofNullable(vms.get(vm));
        }

        synchronized List<Vm> all() {
            return List.copyOf(vms.values());
        }

        /** Reads what is in doubt. What is told meanwhile is newer. */
        void settle(ClusterStore store) {
            Map<String, Object> doubted = doubts();
            for (int tries = 0; !doubted.isEmpty() && tries < MOST_TRIES; tries++) {
                Map<String, ClusterStore.StoredText> found = store.vms(doubted.keySet());
                doubted.forEach((vm, doubt) -> settle(vm, doubt, found));
                doubted = doubts();
            }
        }

        private synchronized Map<String, Object> doubts() {
            return Map.copyOf(doubts);
        }

        private synchronized void settle(
                String vm, Object doubt, Map<String, ClusterStore.StoredText> found) {
            if (doubts.remove(vm, doubt)) {
                ClusterStore.StoredText text = found.get(vm);
                Optional<Vm> now = text == null ? Optional.empty() : readable(vm, text);
                if (now.isPresent()) {
                    vms.put(vm, now.get());
                } else {
                    vms.remove(vm);
                }
            }
        }

        /** One that cannot be read is left out; the others are not to suffer. */
        private static Optional<Vm> readable(String vm, ClusterStore.StoredText text) {
            try {
                return Optional.of(new Vm(Json.read(text.spec(), StoredVm.class), text.active()));
            } catch (IllegalArgumentException e) {
                LOG.error("What the store has of VM {} cannot be read", vm, e);
                return Optional.empty();
            }
        }

        @Override
        public synchronized void declared(String vm, String spec, Active active) {
            doubts.remove(vm);
            vms.put(vm, new Vm(Json.read(spec, StoredVm.class), active));
        }

        @Override
        public void replaced(String vm, String spec) {
            StoredVm next = Json.read(spec, StoredVm.class);
            change(vm, now -> new Vm(next, now.active()));
        }

        @Override
        public void recorded(String vm, Active active) {
            // Whoever tells late, of an earlier write, tells of an epoch that was raised since.
            change(
                    vm,
                    now ->
                            active.epoch() > now.active().epoch()
                                    ? new Vm(now.stored(), active)
                                    : now);
        }

        /** Half of a VM in doubt makes the rest no surer, and who is reading may have missed it. */
        private synchronized void change(String vm, UnaryOperator<Vm> change) {
            if (doubts.containsKey(vm) || !vms.containsKey(vm)) {
                doubted(vm);
            } else {
                vms.put(vm, change.apply(Objects.requireNonNull(vms.get(vm))));
            }
        }

        @Override
        public synchronized void removed(String vm) {
            doubts.remove(vm);
            vms.remove(vm);
        }

        @Override
        public synchronized void doubted(String vm) {
            doubts.put(vm, new Object());
        }
    }
}
