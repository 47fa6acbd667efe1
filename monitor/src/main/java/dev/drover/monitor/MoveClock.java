package dev.drover.monitor;

import dev.drover.engine.PhaseTime;
import dev.drover.protocol.Phase;
import dev.drover.protocol.Role;
import dev.drover.protocol.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How long a move and its phases take: monotonic while one monitor leads, and from one to the next
 * by their clocks of the day. Not thread-safe.
 */
final class MoveClock {
    private final long beganNanos;
    private final List<PhaseTime> phases = new ArrayList<>();
    private long sinceNanos;
    private boolean ended;

    /** Goes on from what is stored; begins now when nothing is. */
    MoveClock(StoredMove move) {
        Instant today = Instant.now();
        long now = System.nanoTime();
        Optional<MoveTimes> stored = move.times();
        beganNanos = now - stored.map(t -> nanos(t.began(), today)).orElse(0L);
        sinceNanos = now - stored.map(t -> nanos(t.since(), today)).orElse(0L);
        stored.map(MoveTimes::phases).ifPresent(phases::addAll);
        ended = move.state() instanceof State.Ended;
    }

    /** The clocks of two monitors may differ. */
    private static long nanos(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toNanos());
    }

    /** A phase is over. */
    void left(Phase phase) {
        long now = System.nanoTime();
        phases.addAll(timeOf(phase, now));
        sinceNanos = now;
    }

    /** The source tells the times of the phases that it drives. */
    private List<PhaseTime> timeOf(Phase phase, long now) {
        return phase.driver() == Role.MONITOR
                ? List.of(new PhaseTime(phase, (now - sinceNanos) / 1e6))
                : List.of();
    }

    /** The move is over; idempotent. */
    void end() {
        if (!ended) {
            sinceNanos = System.nanoTime();
            ended = true;
        }
    }

    /** Those that are over. */
    List<PhaseTime> phases() {
        return List.copyOf(phases);
    }

    /** Since the move began; stands still when it has ended. */
    double totalMs() {
        return ((ended ? sinceNanos : System.nanoTime()) - beganNanos) / 1e6;
    }

    /** What to store with the state that comes next. */
    MoveTimes times(State standing, State next) {
        Instant today = Instant.now();
        long now = System.nanoTime();
        List<PhaseTime> over = new ArrayList<>(phases);
        boolean leaves = next.phase() != standing.phase() || next instanceof State.Ended;
        if (leaves) {
            over.addAll(timeOf(standing.phase(), now));
        }
        return new MoveTimes(
                today.minusNanos(now - beganNanos),
                leaves ? today : today.minusNanos(now - sinceNanos),
                over);
    }
}
