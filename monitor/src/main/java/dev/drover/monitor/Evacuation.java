package dev.drover.monitor;

import dev.drover.api.NotLeading;
import dev.drover.api.link.Json;
import dev.drover.api.rest.EvacuationView;
import dev.drover.api.rest.EvacuationView.Outcome;
import dev.drover.api.rest.EvacuationView.Stage;
import dev.drover.engine.HostFailure;
import dev.drover.protocol.State;
import dev.drover.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the VMs of one host elsewhere, one after the other: each to the connected host that takes
 * VMs and has the fewest, by name among equals; when that does not take it, to the next, each once.
 * What has become of each is stored, so that the next leader goes on with it. One thread calls
 * {@link #run}; all else any.
 */
final class Evacuation {
    private static final Logger LOG = LoggerFactory.getLogger(Evacuation.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final String id;
    private final String host;
    private final Placement placement;
    private final Moves moves;
    private final Object storing = new Object();
    private final Map<String, EvacuationView.Vm> vms = new LinkedHashMap<>();
    private Stage stage;
    private Optional<String> move = Optional.empty();
    private Optional<String> cancelled;

    /**
     * As it is stored.
     *
     * @param cancelled why it is to end, if it is
     */
    record Stored(EvacuationView view, Optional<String> cancelled) {}

    private Evacuation(Stored stored, Placement placement, Moves moves) {
        this.id = stored.view().id();
        this.host = stored.view().host();
        this.placement = placement;
        this.moves = moves;
        this.stage = stored.view().stage();
        this.cancelled = stored.cancelled();
        stored.view().vms().forEach(vm -> vms.put(vm.name(), vm));
    }

    /** Of a host that is cordoned already; stored when this returns. */
    static Evacuation begin(String id, String host, Placement placement, Moves moves) {
        List<EvacuationView.Vm> all =
                placement.vmsOf(host).stream()
                        .map(vm ->
                                new EvacuationView.Vm(
                                        vm, Outcome.WAITING, Optional.empty(), List.of()))
                        .toList();
        EvacuationView view =
                new EvacuationView(id, host, Stage.RUNNING, all.size(), 0, Optional.empty(), all);
        Evacuation begun = new Evacuation(new Stored(view, Optional.empty()), placement, moves);
        begun.store();
        return begun;
    }

    /** One that another leader began, or ended. */
    static Evacuation takeUp(Stored stored, Placement placement, Moves moves) {
        return new Evacuation(stored, placement, moves);
    }

    /** What is written last is as it is now, whoever writes. */
    private void store() {
        synchronized (storing) {
            moves.writes().putEvacuation(id, Json.text(stored()));
        }
    }

    private synchronized Stored stored() {
        return new Stored(view(), cancelled);
    }

    synchronized EvacuationView view() {
        List<EvacuationView.Vm> all = List.copyOf(vms.values());
        int open =
                (int)
                        all.stream()
                                .map(EvacuationView.Vm::outcome)
                                .filter(o -> o == Outcome.WAITING || o == Outcome.MOVING)
                                .count();
        return new EvacuationView(id, host, stage, all.size(), all.size() - open, move, all);
    }

    /** Begins no further move, and wants the one under way undone. */
    void cancel(String why) {
        giveUp(why);
        store();
    }

    /** As {@link #cancel}, of one that is stored when it has ended. */
    synchronized void giveUp(String why) {
        cancelled = Optional.of(why);
        move.ifPresent(m -> moves.cancelIfAny(m, why));
    }

    /** Returns when it is over, or this monitor does not lead any more. */
    void run() {
        try {
            while (!isRunThrough()) {
                Thread.sleep(BETWEEN_TRIES);
            }
        } catch (NotLeading | StoreException.Deposed e) {
            LOG.info("The evacuation of host {} is the next leader's: {}", host, e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("The evacuation of host {} cannot go on", host, e);
            fail("The monitor failed: " + e.getMessage());
        }
    }

    /** What is not dealt with yet is not any more. */
    private void fail(String why) {
        for (EvacuationView.Vm vm : view().vms()) {
            if (vm.outcome() == Outcome.WAITING || vm.outcome() == Outcome.MOVING) {
                tell(vm.name(), Outcome.FAILED, Optional.empty(), List.of(why));
            }
        }
        end(Stage.ENDED);
        try {
            store();
        } catch (RuntimeException e) {
            LOG.warn("That it has ended is not stored", e);
        }
    }

    /** False when the store gave no answer: then it is to be gone on with. */
    private boolean isRunThrough() throws InterruptedException {
        try {
            for (EvacuationView.Vm vm : view().vms()) {
                boolean waits = vm.outcome() == Outcome.WAITING && !isCancelled();
                if (waits || vm.outcome() == Outcome.MOVING) {
                    awaitMoveOf(vm);
                    empty(vm);
                    store();
                }
            }
            end(isCancelled() ? Stage.CANCELLED : Stage.ENDED);
            store();
            return true;
        } catch (StoreException.Unavailable e) {
            LOG.warn("The evacuation of host {} waits for the store: {}", host, e.getMessage());
            return false;
        }
    }

    /** One that an earlier leader began, or a user; where it leads to is seen afterwards. */
    private void awaitMoveOf(EvacuationView.Vm vm) throws InterruptedException {
        Optional<String> begun = moves.known().underWay(vm.name());
        if (begun.isPresent()) {
            boolean isOurs = vm.outcome() == Outcome.MOVING;
            goesOn(begun.filter(_ -> isOurs));
            try {
                var _ = awaitVerdict(begun.get());
            } finally {
                goesOn(Optional.empty());
            }
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled.isPresent();
    }

    private synchronized void end(Stage reached) {
        stage = reached;
    }

    private synchronized void tell(
            String vm, Outcome outcome, Optional<String> target, List<String> why) {
        vms.put(vm, new EvacuationView.Vm(vm, outcome, target, List.copyOf(why)));
    }

    /** Deals with one VM. */
    private void empty(EvacuationView.Vm dealtWith) throws InterruptedException {
        String vm = dealtWith.name();
        List<String> why = new ArrayList<>(dealtWith.why());
        Set<String> tried = new HashSet<>(Set.of(host));
        while (true) {
            if (!placement.has(host, vm)) {
                boolean moved = dealtWith.target().filter(t -> placement.has(t, vm)).isPresent();
                tell(
                        vm,
                        moved ? Outcome.MOVED : Outcome.GONE,
                        moved ? dealtWith.target() : Optional.empty(),
                        why);
                return;
            }
            if (isCancelled()) {
                tell(vm, Outcome.FAILED, Optional.empty(), why);
                return;
            }
            Optional<String> target = placement.emptiest(tried, h -> moves.mayBe(vm, h));
            if (target.isEmpty()) {
                if (why.isEmpty()) {
                    why.add("No other host is connected, takes VMs, and may have this one");
                }
                tell(vm, Outcome.FAILED, Optional.empty(), why);
                return;
            }
            Optional<String> failure = move(vm, target.get(), why);
            if (failure.isEmpty()) {
                tell(vm, Outcome.MOVED, target, why);
                return;
            }
            tried.add(target.get());
            why.add("Host " + target.get() + ": " + failure.get());
        }
    }

    /** Moves a VM; says why it was not moved. */
    private Optional<String> move(String vm, String target, List<String> why)
            throws InterruptedException {
        tell(vm, Outcome.MOVING, Optional.of(target), why);
        store();
        String begun;
        try {
            begun = moves.start(vm, target, true, Optional.empty());
        } catch (NotLeading e) {
            throw e;
        } catch (HostFailure e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        goesOn(Optional.of(begun));
        try {
            Optional<State.Verdict> verdict = awaitVerdict(begun);
            return verdict.isPresent() ? failure(verdict.get()) : failure(vm, target);
        } finally {
            goesOn(Optional.empty());
        }
    }

    /** One that was cancelled just before its move began is not let go on. */
    private synchronized void goesOn(Optional<String> begun) {
        move = begun;
        if (cancelled.isPresent()) {
            String why = cancelled.get();
            begun.ifPresent(m -> moves.cancelIfAny(m, why));
        }
    }

    /** How a move ended; empty when it is forgotten already. */
    private Optional<State.Verdict> awaitVerdict(String begun) throws InterruptedException {
        while (true) {
            var _ = moves.writes(); // Who does not lead any more knows no moves.
            Optional<State> state = moves.known().state(begun);
            if (state.isEmpty()) {
                return Optional.empty();
            }
            if (state.get() instanceof State.Ended ended) {
                return Optional.of(ended.verdict());
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private Optional<String> failure(String vm, String target) {
        return placement.has(target, vm)
                ? Optional.empty()
                : Optional.of("Why it did not move there is forgotten");
    }

    private static Optional<String> failure(State.Verdict verdict) {
        return switch (verdict) {
            case State.Verdict.Moved _ -> Optional.empty();
            case State.Verdict.RolledBack(var _, String why) -> Optional.of(why);
            case State.Verdict.Superseded(var now) -> Optional.of("The record has become " + now);
        };
    }
}
