package dev.drover.monitor;

import dev.drover.api.link.Json;
import dev.drover.api.link.Peer;
import dev.drover.api.rest.Loss.LostVm;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.Changes;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import dev.drover.store.CasOutcome;
import dev.drover.store.ClusterStore;
import dev.drover.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which hosts may take part: all but those that were declared lost. Any thread.
 *
 * <p>Who declares a host lost promises that none of its VMs runs any more, and that none ever will
 * by what is on that host now. Nobody here can see whether that is so: Drover starts no copy of
 * such a VM either, but one whose move had been committed to another host runs on there.
 *
 * <p>What is made sure of: the name is fenced first, for ever, so its agent is never told anything
 * again. Then each of its VMs' records is raised, by the rules of the record: the move of a VM that
 * is under way is ended first, and a raise is a compare-and-set. So every vote, commit, abort and
 * resume that was on its way when the host was declared lost finds a record that it did not expect.
 * A declaration that breaks off is gone on with by declaring again.
 */
final class LostHosts {
    private static final Logger LOG = LoggerFactory.getLogger(LostHosts.class);
    private static final Duration MOVES_ARE_DECIDED = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final ClusterStore store;
    private final Hosts hosts;
    private final Moves moves;
    private final Changes changes;

    /** One for each host: it is admitted or fenced, one after the other. */
    private final Map<String, Object> gates = new ConcurrentHashMap<>();

    LostHosts(ClusterStore store, Hosts hosts, Moves moves, Changes changes) {
        this.changes = changes;
        this.store = store;
        this.hosts = hosts;
        this.moves = moves;
    }

    private Object gate(String host) {
        return gates.computeIfAbsent(host, _ -> new Object());
    }

    /** A host's agent has come; throws {@link dev.drover.api.HostLost} when it never may again. */
    void admit(StoredHost host, Peer peer) {
        String name = host.address().name();
        synchronized (gate(name)) {
            if (store.lost(name).isPresent()) {
                hosts.lose(name);
            }
            hosts.refuseLost(name);
            moves.writes().putHost(name, Json.text(host));
            hosts.joined(new Hosts.Host(host, peer));
        }
    }

    /**
     * Declares a host lost. Safe to repeat: the answer is the same.
     *
     * @return the VMs that were lost with it, with the epochs of their raised records
     * @throws HostFailure when it is connected; and when something of it cannot be decided yet,
     *     then it is fenced all the same, and is to be declared lost again
     */
    synchronized List<LostVm> declare(String host) throws InterruptedException {
        try {
            return declareFenced(host);
        } finally {
            changes.lose(); // So much has changed that all is to be read anew.
        }
    }

    private List<LostVm> declareFenced(String host) throws InterruptedException {
        StoredLoss loss = fence(host);
        LOG.warn("Host {} was declared lost", host);
        for (MovePlan plan : moves.involving(host)) {
            moves.cancelIfAny(plan.id(), "Host " + host + " was declared lost");
            awaitDecided(plan);
            if (plan.target().equals(host)) {
                Optional<Active> raised = moves.overrule(plan);
                if (raised.isPresent()) {
                    loss = kept(host, loss.with(new LostVm(plan.vm(), raised.get().epoch())));
                }
            }
        }
        for (String vm : store.vms()) {
            if (isToBeRaised(host, vm, loss)) {
                Optional<LostVm> raised =
                        moves.aloneInTurn(
                                vm, "declared lost", MOVES_ARE_DECIDED, () -> raise(host, vm));
                if (raised.isPresent()) {
                    loss = kept(host, loss.with(raised.get()));
                }
            }
        }
        return loss.vms();
    }

    private StoredLoss fence(String host) throws InterruptedException {
        if (store.lost(host).isEmpty()) {
            hosts.awaitAbsent(host);
        }
        synchronized (gate(host)) {
            Optional<String> before = store.lost(host);
            if (before.isEmpty()) {
                hosts.refuseConnected(host);
                moves.writes().putLost(host, Json.text(StoredLoss.NONE));
            }
            hosts.lose(host);
            return before.map(b -> Json.read(b, StoredLoss.class)).orElse(StoredLoss.NONE);
        }
    }

    private StoredLoss kept(String host, StoredLoss loss) {
        moves.writes().putLost(host, Json.text(loss));
        return loss;
    }

    private boolean isToBeRaised(String host, String vm, StoredLoss loss) {
        return store.active(vm)
                .filter(now -> now.host().equals(host))
                .filter(now -> !loss.has(new LostVm(vm, now.epoch())))
                .isPresent();
    }

    /** Empty when the VM is another's, or nobody's, meanwhile. */
    private Optional<LostVm> raise(String host, String vm) {
        try {
            Optional<Active> now = store.active(vm);
            while (now.isPresent() && now.get().host().equals(host)) {
                Active raised = new Active(host, now.get().epoch() + 1);
                switch (moves.writes().compareAndSet(vm, now.get(), raised)) {
                    case CasOutcome.Won() -> {
                        return Optional.of(new LostVm(vm, raised.epoch()));
                    }
                    case CasOutcome.Lost(Active other) -> now = Optional.of(other);
                    case CasOutcome.Unknown(String why) ->
                            throw new HostFailure(
                                    "It is not known whether the record of VM "
                                            + vm
                                            + " was raised; declare host "
                                            + host
                                            + " lost again: "
                                            + why);
                }
            }
        } catch (StoreException.NotFound _) {
            // It was destroyed.
        }
        return Optional.empty();
    }

    /** Waits till the record says where the VM of a move lives, whatever may come. */
    private void awaitDecided(MovePlan plan) throws InterruptedException {
        long until = System.nanoTime() + MOVES_ARE_DECIDED.toNanos();
        while (!moves.known().state(plan.id()).map(LostHosts::isDecided).orElse(true)) {
            if (System.nanoTime() > until) {
                throw new HostFailure(
                        "It is not decided yet where VM "
                                + plan.vm()
                                + " lives, since its move cannot be undone now; declare the host"
                                + " lost again later");
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private static boolean isDecided(State state) {
        return switch (state) {
            case State.Instantiating _,
                    State.Snapshotting _,
                    State.Pulling _,
                    State.Precopying _,
                    State.HandedOver _,
                    State.Pausing _,
                    State.Paused _,
                    State.Committing _,
                    State.Aborting _,
                    State.VotingBack _ ->
                    false;
            case State.Resuming _,
                    State.Delivering _,
                    State.Verifying _,
                    State.Releasing _,
                    State.RollingBack _,
                    State.Ended _ ->
                    true;
        };
    }
}
