package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.MoveStatus;
import dev.drover.engine.PhaseTime;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.engine.Verification;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final MovePlan PLAN = new MovePlan("m", "vm", "h1", "h2", 1, true);

    private static MoveStatus status(State state, SourceFigures source, TargetFigures target) {
        return new MoveStatus(
                state,
                List.of(new PhaseTime(Phase.LAST_ROUND, 20)),
                4000,
                "tcg",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Verification(true, "all equal")),
                Optional.of(source),
                Optional.of(target));
    }

    private static State ended(State.Verdict verdict) {
        return new State.Ended(PLAN, Phase.RELEASE, verdict);
    }

    private static String text(Metrics metrics) {
        return new String(metrics.text(), StandardCharsets.UTF_8);
    }

    @Test
    void aMoveIsCountedWithWhatItsHostsMeasured() {
        Metrics metrics = new Metrics();
        metrics.ended(
                status(
                        ended(new State.Verdict.Moved(PLAN.committed())),
                        new SourceFigures(
                                1_000_000,
                                0,
                                false,
                                List.of(),
                                true,
                                7,
                                6,
                                1,
                                0,
                                0,
                                500,
                                "x",
                                Optional.empty(),
                                2),
                        new TargetFigures(1_150_000, false, 300, 2, 10, 0, 6, 0, 2)));
        assertThat(text(metrics).lines())
                .contains(
                        "drover_moves_total{outcome=\"moved\"} 1.0",
                        "drover_moves_total{outcome=\"rolled_back\"} 0.0",
                        "drover_move_seconds_sum 4.0",
                        "drover_move_phase_seconds_bucket{phase=\"last_round\",le=\"0.01\"} 0",
                        "drover_move_phase_seconds_bucket{phase=\"last_round\",le=\"0.025\"} 1",
                        "drover_move_pause_seconds_sum 0.15",
                        "drover_move_bytes_total{kind=\"disk\"} 300.0",
                        "drover_move_bytes_total{kind=\"memory\"} 500.0",
                        "drover_move_packets_held_total 7.0",
                        "drover_move_packets_lost_total 3.0",
                        "drover_move_cold_boots_total 0.0",
                        "drover_move_volumes_compared_total{identical=\"true\"} 1.0");
    }

    @Test
    void aMoveWithoutAPauseHasNone() {
        Metrics metrics = new Metrics();
        State.Verdict back = new State.Verdict.RolledBack(new Active("h1", 2), "why");
        metrics.ended(status(ended(back), SourceFigures.NONE, TargetFigures.NONE));
        metrics.ended(status(new State.Pulling(PLAN), SourceFigures.NONE, TargetFigures.NONE));
        assertThat(text(metrics).lines())
                .contains(
                        "drover_moves_total{outcome=\"rolled_back\"} 1.0",
                        "drover_moves_total{outcome=\"moved\"} 0.0")
                .doesNotContain("drover_move_pause_seconds_count 1");
    }
}
