package dev.drover.monitor;

import dev.drover.api.Fault;
import dev.drover.api.MoveOrder;
import dev.drover.api.NotLeading;
import dev.drover.api.RemoteSource;
import dev.drover.api.RemoteTarget;
import dev.drover.api.link.Json;
import dev.drover.engine.ClusterRecord;
import dev.drover.engine.Engine;
import dev.drover.engine.HostFailure;
import dev.drover.engine.SourceHost;
import dev.drover.engine.Works;
import dev.drover.monitor.KnownMoves.Known;
import dev.drover.monitor.rest.Changes;
import dev.drover.protocol.Active;
import dev.drover.protocol.Event;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import dev.drover.store.CasOutcome;
import dev.drover.store.ClusterStore;
import dev.drover.store.FencedStore;
import dev.drover.store.MoveRecord;
import dev.drover.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The moves of the leading monitor: one engine each, on a virtual thread of its own. */
final class Moves {
    private static final Logger LOG = LoggerFactory.getLogger(Moves.class);

    private final ClusterStore store;
    private final Inventory inventory;
    private final PlacementRules rules;
    private final Hosts hosts;
    private final boolean faults;
    private final Changes changes;
    private final Metrics metrics;
    private final KnownMoves known = new KnownMoves();

    /** What is being done to a VM, moves apart. */
    private final Map<String, String> busy = new HashMap<>();

    private volatile @Nullable FencedStore writes;

    Moves(
            ClusterStore store,
            Inventory inventory,
            Hosts hosts,
            boolean faults,
            Changes changes,
            Metrics metrics) {
        this.store = store;
        this.inventory = inventory;
        this.rules = new PlacementRules(inventory, hosts);
        this.hosts = hosts;
        this.faults = faults;
        this.changes = changes;
        this.metrics = metrics;
    }

    /** What is known of moves; whoever asks gets no lock. */
    KnownMoves known() {
        return known;
    }

    /**
     * Where this monitor writes as the leader; throws {@link NotLeading} while it does not lead.
     */
    FencedStore writes() {
        FencedStore now = writes;
        if (now == null) {
            throw new NotLeading("This monitor does not lead; " + whoDoes());
        }
        return now;
    }

    private String whoDoes() {
        try {
            if (store.connected()) {
                return store.leader()
                        .map(leader -> "the last that did is " + leader.name())
                        .orElse("none did yet");
            }
        } catch (StoreException.Unavailable e) {
            LOG.debug("Who leads is not known", e);
        }
        return "it reaches no majority of the cluster's monitors";
    }

    /**
     * This monitor leads now: goes on with every move that was under way, and only then says yes to
     * anybody.
     *
     * @throws StoreException.Unavailable when it does not know them; it does not lead then
     */
    synchronized void takeUp(long term) {
        FencedStore now = store.fence(term, inventory.begin());
        changes.begin(term);
        hosts.remember(store.hosts());
        hosts.beginToLead(store.cordoned(), store.lost());
        for (MoveRecord record : store.loadMoves()) {
            StoredMove stored = Json.read(record.state(), StoredMove.class);
            LOG.info("Going on with move {}", stored.state());
            run(stored.renewed(term), now);
        }
        writes = now;
    }

    /** Another may lead now, and go on with the moves from their journal: nothing is done here. */
    synchronized void stepDown() throws InterruptedException {
        writes = null;
        changes.end();
        known.stopAll();
    }

    /** Begins a move; returns its id. Throws {@link HostFailure} when it cannot be. */
    String start(String vm, String target, boolean verify, Optional<Fault> fault)
            throws InterruptedException {
        hosts.awaitConnected(activeOf(vm).host());
        hosts.awaitConnected(target);
        return begin(UUID.randomUUID().toString(), vm, target, verify, fault, OptionalLong.empty());
    }

    /**
     * Begins a move under an id of the caller's; once only, and only while the VM's record stands
     * at that epoch: every end of a move raises it, so one that is forgotten cannot begin again.
     */
    String startOnce(String id, String vm, String target, boolean verify, long epoch)
            throws InterruptedException {
        hosts.awaitConnected(activeOf(vm).host());
        hosts.awaitConnected(target);
        return begin(id, vm, target, verify, Optional.empty(), OptionalLong.of(epoch));
    }

    private synchronized String begin(
            String id,
            String vm,
            String target,
            boolean verify,
            Optional<Fault> fault,
            OptionalLong epoch) {
        if (known.find(id).isPresent()) {
            return id;
        }
        refuseWhileBusy(vm);
        StoredVm stored = stored(vm);
        Active active = activeOf(vm);
        if (epoch.isPresent() && epoch.getAsLong() != active.epoch()) {
            throw new HostFailure(
                    "VM " + vm + " has a newer record than when this move was asked for");
        }
        if (active.host().equals(target)) {
            throw new HostFailure("VM " + vm + " is on host " + target + " already");
        }
        if (fault.isPresent() && !faults) {
            throw new HostFailure("Crashes on purpose need a monitor started with --faults");
        }
        hosts.refuseCordoned(target);
        checkRules(stored, target);
        Hosts.Host from = hosts.connected(active.host());
        Hosts.Host to = hosts.connected(target);
        MovePlan plan = new MovePlan(id, vm, active.host(), target, active.epoch(), verify);
        MoveOrder order =
                new MoveOrder(
                        writes().term(),
                        plan,
                        stored.spec(),
                        stored.wanted().rest(),
                        from.address(),
                        to.address(),
                        from.facts(),
                        fault);
        run(StoredMove.begun(order), writes());
        return plan.id();
    }

    /** Throws {@link PlacementRules.Broken} that says why a host may not have a VM. */
    void checkRules(StoredVm vm, String host) {
        rules.check(vm, host, involving(host).stream().map(MovePlan::vm).toList());
    }

    /** Whether a host may have a VM by what is declared. */
    boolean mayBe(String vm, String host) {
        try {
            checkRules(stored(vm), host);
            return true;
        } catch (PlacementRules.Broken _) {
            return false;
        }
    }

    /**
     * Declares a VM, if it may be there. Of one that is to be kept apart nothing begins between the
     * one and the other that would bring it together with another.
     */
    void declare(FencedStore now, StoredVm vm, Active active) {
        if (vm.placement().keepApart().isEmpty()) {
            checkAndDeclare(now, vm, active);
            return;
        }
        synchronized (this) {
            checkAndDeclare(now, vm, active);
        }
    }

    private void checkAndDeclare(FencedStore now, StoredVm vm, Active active) {
        checkRules(vm, active.host());
        now.declareVm(vm.name(), Json.text(vm), active);
    }

    /** Work on a VM that nobody else may do anything to meanwhile. */
    interface Work<T> {
        T perform() throws InterruptedException;
    }

    /**
     * Does something to a VM while nothing else is done to it; throws {@link HostFailure} when
     * something is already.
     *
     * @param done what it is being, for whoever is refused meanwhile
     */
    <T> T alone(String vm, String done, Work<T> work) throws InterruptedException {
        synchronized (this) {
            refuseWhileBusy(vm);
            busy.put(vm, done);
        }
        return performAlone(vm, work);
    }

    /**
     * As the other, but waits, though not for ever, for the end of what is being done to the VM
     * now; a move of it that is over stays known.
     */
    <T> T aloneInTurn(String vm, String done, Duration atMost, Work<T> work)
            throws InterruptedException {
        synchronized (this) {
            long until = System.nanoTime() + atMost.toNanos();
            while (isTaken(vm) && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.timedWait(this, 50); // A move's end is told to nobody.
            }
            if (isTaken(vm)) {
                throw new HostFailure(
                        "VM " + vm + " is in use, so it cannot be " + done + " yet; try again");
            }
            busy.put(vm, done);
        }
        return performAlone(vm, work);
    }

    private boolean isTaken(String vm) {
        return busy.containsKey(vm) || known.of(vm).anyMatch(m -> !m.isOver());
    }

    private <T> T performAlone(String vm, Work<T> work) throws InterruptedException {
        try {
            return work.perform();
        } finally {
            synchronized (this) {
                busy.remove(vm);
            }
        }
    }

    /** What is known of a VM; throws {@link HostFailure} when there is no such VM. */
    StoredVm stored(String vm) {
        return store.spec(vm).map(s -> Json.read(s, StoredVm.class)).orElseThrow(() -> none(vm));
    }

    /** A VM's record; throws {@link HostFailure} when there is no such VM. */
    Active activeOf(String vm) {
        return store.active(vm).orElseThrow(() -> none(vm));
    }

    private static HostFailure none(String vm) {
        return new HostFailure("There is no VM '" + vm + "'");
    }

    /** Forgets moves of a VM that have ended; throws {@link HostFailure} while one goes on. */
    private void refuseWhileBusy(String vm) {
        String done = busy.get(vm);
        if (done != null) {
            throw new HostFailure("VM " + vm + " is being " + done + "; wait for the end of that");
        }
        known.of(vm).forEach(this::forgetIfOver);
    }

    /** Wants a move undone; it is, unless it has been committed. */
    void cancel(String move, String why) {
        known.named(move).engine().tell(new Event.Cancelled(why));
    }

    /** The moves that go on and have this host for their source or target. */
    synchronized List<MovePlan> involving(String host) {
        return known.involving(host);
    }

    /** The moves of a VM that ended when its target was declared lost. */
    synchronized List<MoveOrder> overruled(String vm) {
        return known.overruled(vm);
    }

    /**
     * Ends a move that was committed to a host that never comes back: the record is raised above
     * what the move may still write, in one transaction with its end. A move that has gone another
     * way meanwhile goes on.
     *
     * @return the record, when this raised it
     */
    synchronized Optional<Active> overrule(MovePlan plan) throws InterruptedException {
        Known move = known.find(plan.id()).orElse(null);
        if (move == null || move.isOver()) {
            return Optional.empty();
        }
        FencedStore now = writes();
        move.thread().interrupt();
        move.thread().join();
        State next = move.engine().state();
        try {
            next = raiseAbove(move, now).orElse(next);
        } finally {
            run(move.order(), next, now, move.watch());
        }
        return next instanceof State.Ended ended
                        && ended.verdict() instanceof State.Verdict.Superseded(Active raised)
                ? Optional.of(raised)
                : Optional.empty();
    }

    /** Its end, when the record was raised. */
    private static Optional<State> raiseAbove(Known move, FencedStore writes) {
        MovePlan plan = move.order().plan();
        Active raised = new Active(plan.target(), plan.committed().epoch() + 1);
        Phase phase = move.engine().state().phase();
        State ended = new State.Ended(plan, phase, new State.Verdict.Superseded(raised));
        MoveRecord end = new MoveRecord(plan.id(), Json.text(move.watch().stored(ended)));
        return switch (writes.compareAndSet(plan.vm(), plan.committed(), raised, end)) {
            case CasOutcome.Won() -> Optional.of(ended);
            case CasOutcome.Lost _, CasOutcome.Unknown _ -> Optional.empty();
        };
    }

    /** As {@link #cancel}, of a move that may be forgotten. */
    void cancelIfAny(String move, String why) {
        known.find(move).ifPresent(m -> m.engine().tell(new Event.Cancelled(why)));
    }

    /** Whether this monitor leads, as far as it knows. */
    boolean leads() {
        return writes != null;
    }

    /** A crash on purpose. */
    void strike(String move, Fault.Victim victim) {
        if (faults) {
            strike(known.named(move).order(), victim);
        }
    }

    private void run(StoredMove move, FencedStore now) {
        MoveOrder order = move.order();
        run(order, move.state(), now, new MoveWatch(move, v -> strike(order, v), changes, metrics));
    }

    private void run(MoveOrder order, State state, FencedStore now, MoveWatch watch) {
        SourceHost source =
                new LosableSource(
                        new RemoteSource(hosts.link(order.source().name()), order),
                        order.source().name(),
                        () -> hosts.isLost(order.source().name()));
        RemoteTarget target = new RemoteTarget(hosts.link(order.target().name()), order);
        ClusterRecord record =
                new StoreRecord(store, inventory, now, order, changes, watch::stored);
        Engine engine =
                new Engine(
                        state,
                        Works.ofMonitor(source, target, watch::verified, watch::measured),
                        new Engine.Driver.MonitorDriver(record, source, target, watch::measured),
                        watch);
        Thread thread =
                Thread.ofVirtual()
                        .name("engine-" + order.plan().vm())
                        .unstarted(() -> run(engine, watch));
        known.add(new Known(order, engine, watch, thread));
        watch.began();
        thread.start();
    }

    private static void run(Engine engine, MoveWatch watch) {
        try {
            watch.stands(engine.run());
            LOG.info("Move ended: {}", engine.state());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void strike(MoveOrder order, Fault.Victim victim) {
        if (victim == Fault.Victim.MOVE) {
            cancel(order.plan().id(), "It was cancelled on purpose");
        } else {
            Crashes.strike(hosts, order, victim);
        }
    }

    private void forgetIfOver(Known move) {
        if (!move.isOver()) {
            throw new HostFailure(
                    "VM "
                            + move.order().plan().vm()
                            + " is being moved to "
                            + move.order().plan().target()
                            + " already; cancel that move, or wait for its end");
        }
        known.forget(move);
        writes().removeMove(move.id());
    }
}
