package dev.drover.monitor;

import dev.drover.api.link.Json;
import dev.drover.protocol.Active;
import dev.drover.store.ClusterStore;
import dev.drover.store.VmListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * All VMs, as this monitor has written them since it leads: lists and placement need not ask the
 * store for each. While another may lead already it may be old; it never gives the right to act.
 * Any thread.
 */
final class Inventory {
    private final ClusterStore store;
    private volatile Copy copy;

    Inventory(ClusterStore store) {
        this.store = store;
        this.copy = new Copy(List.of());
    }

    /** A VM and its record. */
    record Vm(StoredVm stored, Active active) {
        String name() {
            return stored.spec().name();
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

    /** What is known in one term. */
    private static final class Copy implements VmListener {
        private final Map<String, Vm> vms = new TreeMap<>();

        /** VMs that must be read to be known; each doubt is another. */
        private final Map<String, Object> doubts = new HashMap<>();

        Copy(List<String> names) {
            names.forEach(name -> doubts.put(name, new Object()));
        }

        synchronized List<Vm> all() {
            return List.copyOf(vms.values());
        }

        /** Reads what is in doubt. What is told meanwhile is newer. */
        void settle(ClusterStore store) {
            Map<String, Object> doubted = doubts();
            if (!doubted.isEmpty()) {
                Map<String, ClusterStore.StoredText> found = store.vms(doubted.keySet());
                doubted.forEach((vm, doubt) -> settle(vm, doubt, found));
            }
        }

        private synchronized Map<String, Object> doubts() {
            return Map.copyOf(doubts);
        }

        private synchronized void settle(
                String vm, Object doubt, Map<String, ClusterStore.StoredText> found) {
            if (doubts.remove(vm, doubt)) {
                ClusterStore.StoredText text = found.get(vm);
                if (text == null) {
                    vms.remove(vm);
                } else {
                    vms.put(vm, new Vm(Json.read(text.spec(), StoredVm.class), text.active()));
                }
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
            change(vm, now -> new Vm(now.stored(), active));
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
