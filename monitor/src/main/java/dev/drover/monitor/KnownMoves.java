package dev.drover.monitor;

import dev.drover.api.MoveOrder;
import dev.drover.api.MoveStatus;
import dev.drover.api.Progress;
import dev.drover.engine.Engine;
import dev.drover.engine.HostFailure;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The moves that go on, and those that are over and not forgotten. For threads. */
final class KnownMoves {
    private final Map<String, Known> moves = new ConcurrentHashMap<>();

    /** A move, and the thread that runs its engine. */
    record Known(MoveOrder order, Engine engine, MoveWatch watch, Thread thread) {
        String id() {
            return order.plan().id();
        }

        boolean isOver() {
            return engine.state() instanceof State.Ended;
        }
    }

    void add(Known move) {
        moves.put(move.id(), move);
    }

    void forget(Known move) {
        moves.remove(move.id());
    }

    /** Interrupts all engines, waits for their ends, and forgets them. */
    void stopAll() throws InterruptedException {
        for (Known move : moves.values()) {
            move.thread().interrupt();
            move.thread().join();
        }
        moves.clear();
    }

    /** Throws {@link HostFailure} when there is none of this id. */
    Known named(String id) {
        return find(id).orElseThrow(() -> new HostFailure("There is no move " + id));
    }

    Optional<Known> find(String id) {
        return Optional.ofNullable(moves.get(id));
    }

    /** Those of a VM, in no order. */
    Stream<Known> of(String vm) {
        return moves.values().stream().filter(m -> m.order().plan().vm().equals(vm));
    }

    private Stream<Known> goingOn() {
        return moves.values().stream().filter(m -> !m.isOver());
    }

    /** Those that go on and have this host for their source or target. */
    List<MovePlan> involving(String host) {
        return goingOn()
                .map(m -> m.order().plan())
                .filter(p -> p.source().equals(host) || p.target().equals(host))
                .toList();
    }

    /** Those of a VM that ended when their target was declared lost. */
    List<MoveOrder> overruled(String vm) {
        return of(vm).filter(m ->
                        m.engine().state() instanceof State.Ended ended
                                && ended.verdict() instanceof State.Verdict.Superseded)
                .map(Known::order)
                .toList();
    }

    /** Where a move stands; empty when it is not known any more. */
    Optional<State> state(String id) {
        return find(id).map(m -> m.engine().state());
    }

    void progress(String id, Progress progress) {
        find(id).ifPresent(m -> m.watch().progress(progress));
    }

    /** Throws {@link HostFailure} when there is none of this id. */
    MoveStatus status(String id) {
        return named(id).watch().status();
    }

    /** Of all of them, in no order. */
    List<MoveStatus> statuses() {
        return moves.values().stream().map(m -> m.watch().status()).toList();
    }

    /** True while an engine drives this move, and so decides what becomes of it. */
    boolean isUnderWay(String id) {
        return find(id).filter(m -> !m.isOver()).isPresent();
    }

    int countUnderWay() {
        return (int) goingOn().count();
    }

    /** The id of the move of a VM that goes on. */
    Optional<String> underWay(String vm) {
        return Optional.ofNullable(underWay().get(vm));
    }

    /** The ids of the moves that go on, by VM. */
    Map<String, String> underWay() {
        return goingOn()
                .map(m -> m.order().plan())
                .collect(Collectors.toMap(MovePlan::vm, MovePlan::id, (a, _) -> a));
    }
}
