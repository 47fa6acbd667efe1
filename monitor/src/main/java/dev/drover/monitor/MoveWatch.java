package dev.drover.monitor;

import dev.drover.api.Fault;
import dev.drover.api.MoveOrder;
import dev.drover.api.MoveStatus;
import dev.drover.api.Progress;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.engine.MoveObserver;
import dev.drover.engine.PhaseTime;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.engine.Verification;
import dev.drover.monitor.rest.Changes;
import dev.drover.protocol.Phase;
import dev.drover.protocol.Role;
import dev.drover.protocol.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What is known of a running move, for those who look on, and those who are told. Thread-safe. */
final class MoveWatch implements MoveObserver {
    private static final Duration BETWEEN_PROGRESS = Duration.ofMillis(500);

    private final MoveOrder order;
    private final Consumer<Fault.Victim> strike;
    private final Changes changes;
    private final Metrics metrics;
    private final MoveClock clock;
    private State state;
    private long progressNanos;
    private Optional<Progress.DiskProgress> disk = Optional.empty();
    private Optional<Progress.MemoryProgress> memory = Optional.empty();
    private Optional<Progress.PacketProgress> packets = Optional.empty();
    private Optional<Verification> verification = Optional.empty();
    private Optional<SourceFigures> source = Optional.empty();
    private Optional<TargetFigures> target = Optional.empty();

    MoveWatch(StoredMove move, Consumer<Fault.Victim> strike, Changes changes, Metrics metrics) {
        this.state = move.state();
        this.order = move.order();
        this.clock = new MoveClock(move);
        this.strike = strike;
        this.changes = changes;
        this.metrics = metrics;
        this.progressNanos = System.nanoTime() - BETWEEN_PROGRESS.toNanos();
    }

    /** The move begins, or this monitor goes on with it. */
    synchronized void began() {
        if (!(state instanceof State.Ended)) {
            tell(EventType.MOVE_BEGAN);
        }
    }

    @Override
    public void entering(State next, Phase phase) {
        stands(next);
        order.fault()
                .filter(f -> f.phase() == phase && phase.driver() == Role.MONITOR)
                .ifPresent(f -> strike.accept(f.victim()));
    }

    @Override
    public synchronized void left(Phase phase, Duration took) {
        clock.left(phase); // what it took here, and under the leaders before
    }

    /** What to store before the move goes on to a state. */
    synchronized StoredMove stored(State next) {
        return new StoredMove(order, next, Optional.of(clock.times(state, next)));
    }

    /** The move stands here now. */
    synchronized void stands(State now) {
        State before = state;
        state = now;
        if (now instanceof State.Ended) {
            clock.end();
        }
        if (before instanceof State.Ended) {
            return; // It had ended before this monitor led.
        }
        if (now instanceof State.Ended) {
            tell(EventType.MOVE_ENDED);
            metrics.ended(status());
        } else if (now.phase() != before.phase()) {
            tell(EventType.MOVE_PHASE);
        }
    }

    private void tell(EventType type) {
        changes.tell(type, EventView.of(type, RestCluster.view(status())));
    }

    synchronized void progress(Progress progress) {
        switch (progress) {
            case Progress.DiskProgress p -> disk = Optional.of(p);
            case Progress.MemoryProgress p -> memory = Optional.of(p);
            case Progress.PacketProgress p -> packets = Optional.of(p);
        }
        long now = System.nanoTime();
        if (!(state instanceof State.Ended) && now - progressNanos >= BETWEEN_PROGRESS.toNanos()) {
            progressNanos = now;
            tell(EventType.MOVE_PROGRESS);
        }
    }

    synchronized void verified(Verification result) {
        verification = Optional.of(result);
    }

    synchronized void measured(SourceFigures atSource, TargetFigures atTarget) {
        // A repetition finds the sides gone.
        source = source.or(() -> Optional.of(atSource));
        target = target.or(() -> Optional.of(atTarget));
    }

    synchronized MoveStatus status() {
        List<PhaseTime> all = new ArrayList<>(clock.phases());
        source.ifPresent(s -> all.addAll(s.pausePhases()));
        all.sort(Comparator.comparing(PhaseTime::name));
        return new MoveStatus(
                state,
                List.copyOf(all),
                clock.totalMs(),
                order.sourceFacts().accelerator(),
                disk,
                memory,
                packets,
                verification,
                source,
                target);
    }
}
