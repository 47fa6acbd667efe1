package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.api.Rest;
import dev.drover.engine.GuestNeverRan;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Guest;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The VMs of this host, and its sides of the moves under way. Thread-safe. What a late or repeated
 * message may still do is decided here: nothing that an earlier answer has ruled out.
 */
final class Sides {
    /** What comes late comes soon: so many moves back nothing comes any more. */
    private static final int ENDED_KNOWN = 1000;

    private final HostContext host;
    private final Map<String, LocalVm> vms = new ConcurrentHashMap<>();
    private final Map<String, FirstSide> sources = new ConcurrentHashMap<>();
    private final Map<String, SecondSide> targets = new ConcurrentHashMap<>();
    private final LinkedHashSet<String> ended = new LinkedHashSet<>();
    private final LinkedHashSet<String> neverRan = new LinkedHashSet<>();
    private final AtomicLong term = new AtomicLong();

    Sides(HostContext host) {
        this.host = host;
    }

    Collection<LocalVm> vms() {
        return List.copyOf(vms.values());
    }

    Optional<LocalVm> vm(String name) {
        return Optional.ofNullable(vms.get(name));
    }

    void add(LocalVm vm) {
        vms.put(vm.spec().name(), vm);
    }

    void forget(LocalVm vm) {
        vms.remove(vm.spec().name(), vm);
    }

    /** Throws {@link HostFailure} when a monitor speaks that does not lead any more. */
    void checkTerm(long theirs) {
        if (term.accumulateAndGet(theirs, Math::max) > theirs) {
            throw new HostFailure(
                    "The order is of term " + theirs + ", but monitor term " + term + " leads now");
        }
    }

    /** This host begins to be the first of a move; repeated, it still is. */
    FirstSide beginSource(MoveOrder order) {
        LocalVm vm = known(order);
        return switch (vm.standing()) {
            case Standing.Running(_, long epoch, _)
                    when epoch == order.plan().epoch() && order.rest().isEmpty() ->
                    first(order, vm);
            case Standing.Resting(_, long epoch, Rest rest)
                    when epoch == order.plan().epoch() && order.rest().equals(Optional.of(rest)) ->
                    first(order, vm);
            case Standing.Source(MoveOrder other, _) when isSame(other, order) -> source(order);
            case Standing.Running _,
                    Standing.Source _,
                    Standing.Making _,
                    Standing.Resting _,
                    Standing.Target _,
                    Standing.Leaving _ ->
                    throw new HostFailure(
                            "VM "
                                    + order.plan().vm()
                                    + " cannot move from here now: it is "
                                    + vm.standing());
        };
    }

    /** This host's first side of a move that has begun. */
    FirstSide source(MoveOrder order) {
        FirstSide side = sources.get(order.plan().id());
        if (side == null) {
            throw new HostFailure("Nothing is known here of move " + order.plan().id());
        }
        return side;
    }

    /** The first side of a move, unless it is over or never was. */
    Optional<FirstSide> sourceIfAny(MoveOrder order) {
        return Optional.ofNullable(sources.get(order.plan().id()));
    }

    /** The VM is to go on here as before; empty when that has been done, or overtaken, already. */
    Optional<FirstSide> toRollBack(MoveOrder order, long epoch) {
        LocalVm vm = known(order);
        return switch (vm.standing()) {
            case Standing.Running(_, long now, _) when now >= epoch -> Optional.empty();
            case Standing.Source(MoveOrder other, _) when !isSame(other, order) ->
                    Optional.empty(); // A later move has begun since.
            case Standing.Source(MoveOrder same, _) when epoch <= same.plan().epoch() ->
                    Optional.empty(); // Whoever won the record has a higher one.
            case Standing.Resting(_, long now, _) when now >= epoch -> Optional.empty();
            case Standing.Running _, Standing.Resting _, Standing.Source _ ->
                    Optional.of(first(order, vm));
            case Standing.Making _, Standing.Target _, Standing.Leaving _ ->
                    throw new HostFailure(
                            "VM " + order.plan().vm() + " is not this host's to run on");
        };
    }

    /** The VM lives elsewhere; empty when it was removed already, or has come back since. */
    Optional<FirstSide> toRelease(MoveOrder order) {
        return vm(order.plan().vm())
                .filter(vm -> isSourceOf(vm, order))
                .map(vm -> first(order, vm));
    }

    private FirstSide first(MoveOrder order, LocalVm vm) {
        return sources.computeIfAbsent(order.plan().id(), _ -> firstAnew(order, vm));
    }

    /** What the VM does here counts, should the monitor have taken it for another. */
    private FirstSide firstAnew(MoveOrder order, LocalVm vm) {
        Optional<Rest> rest =
                switch (vm.standing()) {
                    case Standing.Resting(_, _, Rest now) -> Optional.of(now);
                    case Standing.Running _ when vm.state() != Guest.State.GONE -> Optional.empty();
                    case Standing.Running _,
                            Standing.Source _,
                            Standing.Target _,
                            Standing.Making _,
                            Standing.Leaving _ ->
                            order.rest();
                };
        return rest.isPresent()
                ? new RestingSource(order, rest.get(), vm, host)
                : new SourceSide(order, vm, host);
    }

    /** This host begins to be the second of a move. */
    SecondSide beginTarget(MoveOrder order) {
        String name = order.plan().vm();
        if (isRemembered(ended, order)) {
            throw new HostFailure("Move " + order.plan().id() + " is over here already");
        }
        if (vms.containsKey(name)) {
            throw new HostFailure(
                    "This host has a VM " + name + " already: " + vms.get(name).standing());
        }
        Standing standing =
                new Standing.Target(
                        order, Standing.Stage.RECEIVING, new TargetTally(() -> 0).figures());
        LocalVm vm = new LocalVm(standing, host.allocations().of(order.vm()));
        SecondSide side =
                order.rest().isPresent()
                        ? new RestingTarget(order, order.rest().get(), vm, host)
                        : new TargetSide(order, vm, host);
        targets.put(order.plan().id(), side);
        add(vm);
        return side;
    }

    /** This host's second side of a move that has begun. */
    SecondSide target(MoveOrder order) {
        SecondSide side = targets.get(order.plan().id());
        if (side == null) {
            throw new HostFailure("Nothing is known here of move " + order.plan().id());
        }
        return side;
    }

    /**
     * As {@link SecondSide#resume}; a side that never ran its guest says so also when it is gone.
     */
    void resume(MoveOrder order) {
        if (isRemembered(neverRan, order)) {
            throw new GuestNeverRan(
                    "The guest never ran on " + order.target().name() + " in this move");
        }
        try {
            target(order).resume(order.plan());
        } catch (GuestNeverRan e) {
            remember(neverRan, order);
            throw e;
        }
    }

    /** The second side of a move, unless it is over or never was. */
    Optional<SecondSide> toEnd(MoveOrder order) {
        return Optional.ofNullable(targets.get(order.plan().id()));
    }

    void restore(Standing.Source standing, LocalVm vm) {
        add(vm);
        FirstSide _ = first(standing.order(), vm);
    }

    void restore(Standing.Target standing, LocalVm vm) {
        add(vm);
        MoveOrder order = standing.order();
        targets.put(
                order.plan().id(),
                order.rest().isPresent()
                        ? RestingTarget.restored(standing, order.rest().get(), vm, host)
                        : TargetSide.restored(standing, vm, host));
    }

    /** The side that a stream of a move concerns. */
    FirstSide sourceOf(String move) {
        return stream(sources, move);
    }

    /** The side that a stream of a move concerns. */
    SecondSide targetOf(String move) {
        return stream(targets, move);
    }

    /** A side is over: what comes late begins it no more. */
    void end(MoveOrder order) {
        remember(ended, order);
        sources.remove(order.plan().id());
        targets.remove(order.plan().id());
    }

    private static boolean isRemembered(SequencedSet<String> moves, MoveOrder order) {
        synchronized (moves) {
            return moves.contains(order.plan().id());
        }
    }

    private static void remember(SequencedSet<String> moves, MoveOrder order) {
        synchronized (moves) {
            moves.add(order.plan().id());
            if (moves.size() > ENDED_KNOWN) {
                moves.removeFirst();
            }
        }
    }

    private static <T> T stream(Map<String, T> sides, String move) {
        T side = sides.get(move);
        if (side == null) {
            throw new HostFailure("Nothing is known here of move " + move);
        }
        return side;
    }

    private LocalVm known(MoveOrder order) {
        return vm(order.plan().vm())
                .orElseThrow(() -> new HostFailure("This host has no VM " + order.plan().vm()));
    }

    private static boolean isSourceOf(LocalVm vm, MoveOrder order) {
        return switch (vm.standing()) {
            case Standing.Source(MoveOrder of, _) -> isSame(of, order);
            case Standing.Running(_, long epoch, _) -> epoch <= order.plan().epoch();
            case Standing.Resting(_, long epoch, _) -> epoch <= order.plan().epoch();
            case Standing.Leaving _ -> true;
            case Standing.Making _, Standing.Target _ -> false;
        };
    }

    private static boolean isSame(MoveOrder one, MoveOrder other) {
        return one.plan().id().equals(other.plan().id());
    }
}
