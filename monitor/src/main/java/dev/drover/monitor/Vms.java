package dev.drover.monitor;

import dev.drover.api.HostLost;
import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.api.Origin;
import dev.drover.api.RemoteSource;
import dev.drover.api.VmMessage;
import dev.drover.api.Wanted;
import dev.drover.api.Wire;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkException;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.api.rest.VmView;
import dev.drover.engine.HostFailure;
import dev.drover.engine.HostUnreachable;
import dev.drover.monitor.rest.Changes;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.store.CasOutcome;
import dev.drover.store.FencedStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verbs of a VM but its move. Each is done alone, is safe to repeat, and throws {@link
 * HostFailure} that says why it could not be done.
 *
 * <p>What is wanted is written down first, then the record is raised, then the host is told: so a
 * verb whose monitor or agent dies on the way is done when they are back (see {@link
 * Reconciliation}), and an order that comes late is refused by its epoch.
 */
final class Vms {
    private static final Logger LOG = LoggerFactory.getLogger(Vms.class);

    private final Hosts hosts;
    private final Moves moves;
    private final Changes changes;

    Vms(Hosts hosts, Moves moves, Changes changes) {
        this.hosts = hosts;
        this.moves = moves;
        this.changes = changes;
    }

    /** The record first: the host may run the VM because it names that host. */
    void create(StoredVm wanted, String host, Origin origin) throws InterruptedException {
        hosts.refuseCordoned(host);
        Hosts.Host on = hosts.awaitConnected(host);
        moves.alone(
                wanted.name(),
                "made",
                () -> {
                    VmSpec vm = ask(on, new VmMessage.Fit(wanted.spec(), origin), VmSpec.class);
                    Active active = new Active(host, 1);
                    FencedStore writes = moves.writes();
                    StoredVm stored = wanted.fitted(vm);
                    changes.write(() -> moves.declare(writes, stored, active));
                    tell(EventType.VM_CREATED, stored, active);
                    try {
                        hosts.refuseLost(host); // Since the declaration may not have seen the VM.
                        return ask(
                                on,
                                new VmMessage.Create(writes.term(), vm, active.epoch(), origin),
                                Void.class);
                    } catch (LinkException.RemoteFailure | HostLost e) {
                        remove(writes, stored, active); // The host said no: nothing is there.
                        throw e;
                    }
                });
    }

    /** What a host would make of one; throws when it cannot, or may not. */
    StoredVm fit(StoredVm wanted, String host, Origin origin) throws InterruptedException {
        hosts.refuseCordoned(host);
        Hosts.Host on = hosts.awaitConnected(host);
        moves.checkRules(wanted, host);
        return wanted.fitted(ask(on, new VmMessage.Fit(wanted.spec(), origin), VmSpec.class));
    }

    /**
     * Of a VM that was lost only what others have of it can be removed.
     *
     * @param keep how long its host keeps its volume; empty: not at all
     */
    void destroy(String vm, Optional<Duration> keep) throws InterruptedException {
        List<MoveOrder> copies = moves.overruled(vm);
        moves.alone(
                vm,
                "destroyed",
                () -> {
                    FencedStore writes = moves.writes();
                    StoredVm stored = moves.stored(vm);
                    Active active = moves.activeOf(vm);
                    String host = active.host();
                    if (hosts.isLost(host)) {
                        copies.stream()
                                .filter(order -> order.plan().target().equals(host))
                                .forEach(order -> release(order, writes.term()));
                    } else {
                        Hosts.Host on = hosts.awaitConnected(host);
                        var order = new VmMessage.Destroy(writes.term(), vm, keep);
                        Void _ = ask(on, order, Void.class);
                    }
                    remove(writes, stored, active);
                    return host;
                });
    }

    /** Of the source of a move that had been committed to a host that was lost then. */
    private void release(MoveOrder order, long term) {
        try {
            new RemoteSource(hosts.link(order.source().name()), order.renewed(term))
                    .release(order.plan());
        } catch (HostFailure | HostUnreachable e) {
            LOG.warn(
                    "The frozen copy of VM {} stays on host {}: {}",
                    order.plan().vm(),
                    order.source().name(),
                    e.getMessage());
        }
    }

    private void remove(FencedStore writes, StoredVm vm, Active active) {
        changes.write(() -> writes.removeVm(vm.name()));
        tell(EventType.VM_DESTROYED, vm, active);
    }

    /** Lets it run: from its memory if it sleeps, from its disk if it is shut down. */
    VmMessage.Woken wake(String vm) throws InterruptedException {
        return order(
                vm,
                "woken",
                Wanted.RUNNING,
                (term, epoch) -> new VmMessage.Wake(term, vm, epoch),
                VmMessage.Woken.class);
    }

    /** Saves its memory on its host, and lets the guest rest. */
    void sleep(String vm) throws InterruptedException {
        order(
                vm,
                "put to sleep",
                Wanted.ASLEEP,
                (term, epoch) -> new VmMessage.Sleep(term, vm, epoch),
                Void.class);
    }

    /**
     * Shuts it down.
     *
     * @param patience for the guest to do it by itself; zero: its power is cut
     */
    void stop(String vm, Duration patience) throws InterruptedException {
        order(
                vm,
                "stopped",
                Wanted.STOPPED,
                (term, epoch) -> new VmMessage.Stop(term, vm, epoch, patience.toMillis()),
                Void.class);
    }

    MonitorMessage.ActiveAnswer active(String vm) {
        StoredVm stored = moves.stored(vm);
        return new MonitorMessage.ActiveAnswer(stored.spec(), moves.activeOf(vm), stored.wanted());
    }

    private interface Order {
        VmMessage of(long term, long epoch);
    }

    private <T> T order(String vm, String done, Wanted wanted, Order order, Class<T> answer)
            throws InterruptedException {
        return moves.alone(
                vm,
                done,
                () -> {
                    StoredVm before = moves.stored(vm);
                    Active now = moves.activeOf(vm);
                    Hosts.Host host = hosts.awaitConnected(now.host());
                    FencedStore writes = moves.writes();
                    StoredVm wish = before.wanting(wanted);
                    want(writes, wish, before, now);
                    Active raised = raise(writes, wish, now);
                    try {
                        return ask(host, order.of(writes.term(), raised.epoch()), answer);
                    } catch (LinkException.RemoteFailure e) {
                        want(writes, before, wish, raised); // The host said no.
                        throw e;
                    } catch (LinkException e) {
                        throw new HostFailure(
                                "Host "
                                        + now.host()
                                        + " broke off while VM "
                                        + vm
                                        + " was to be "
                                        + done
                                        + "; it will be when its agent is back: "
                                        + e.getMessage(),
                                e);
                    }
                });
    }

    private void want(FencedStore writes, StoredVm next, StoredVm last, Active active) {
        changes.write(() -> writes.replaceVm(next.spec().name(), Json.text(next)));
        if (next.wanted() != last.wanted()) {
            tell(EventType.VM_WANTED, next, active);
        }
    }

    private Active raise(FencedStore writes, StoredVm stored, Active now) {
        String vm = stored.spec().name();
        Active raised = new Active(now.host(), now.epoch() + 1);
        return switch (raise(writes, stored, now, raised)) {
            case CasOutcome.Won() -> raised;
            case CasOutcome.Lost(Active other) ->
                    throw new HostFailure(
                            "The record of VM " + vm + " has become " + other + "; try again");
            case CasOutcome.Unknown(String why) ->
                    throw new HostFailure(
                            "It is not known whether the record of VM "
                                    + vm
                                    + " was changed; try again: "
                                    + why);
        };
    }

    /** Raises a VM's record from {@code now}, if it stands there. */
    CasOutcome raise(FencedStore writes, StoredVm vm, Active now, Active raised) {
        CasOutcome outcome = writes.compareAndSet(vm.spec().name(), now, raised);
        switch (outcome) {
            case CasOutcome.Won() -> tell(EventType.VM_RECORD, vm, raised);
            case CasOutcome.Lost _ -> {}
            case CasOutcome.Unknown _ -> changes.lose();
        }
        return outcome;
    }

    private void tell(EventType type, StoredVm vm, Active active) {
        changes.tell(type, EventView.of(type, view(vm, active)));
    }

    /** A VM as it is now. */
    VmView view(StoredVm vm, Active active) {
        Optional<String> move = moves.known().underWay(vm.spec().name());
        return RestCluster.view(vm, active, hosts.isLost(active.host()), move);
    }

    /**
     * Makes a VM that was never made although its record is there: its host was told and broke off.
     * False when the host has it.
     */
    boolean makeIfMissing(StoredVm vm, Active active, Supplier<Origin> origin)
            throws InterruptedException {
        String name = vm.spec().name();
        return moves.alone(
                name,
                "made",
                () -> {
                    Hosts.Host on = hosts.awaitConnected(active.host());
                    if (ask(on, new VmMessage.Have(name), Boolean.class)) {
                        return false;
                    }
                    long term = moves.writes().term();
                    Void _ =
                            ask(
                                    on,
                                    new VmMessage.Create(
                                            term, vm.spec(), active.epoch(), origin.get()),
                                    Void.class);
                    return true;
                });
    }

    private static <T> T ask(Hosts.Host host, VmMessage message, Class<T> answer)
            throws InterruptedException {
        return host.peer().call(Wire.verb((Record) message), message, answer);
    }
}
