package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.MoveStatus;
import dev.drover.api.Progress;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveViewTest {
    private static final long MIB = 1L << 20;
    private static final MovePlan PLAN = new MovePlan("m", "vm", "h1", "h2", 1, true);
    private static final Optional<LiveView.Traffic> NO_CLIENT = Optional.empty();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long seconds = 1000;

    private LiveView view(boolean terminal) {
        return new LiveView(out, terminal, () -> TimeUnit.SECONDS.toNanos(seconds));
    }

    /** What was written since the last look. */
    private String written() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
    }

    private static MoveStatus move(Phase phase, double totalMs, Progress... progress) {
        return new MoveStatus(
                new State.Ended(PLAN, phase, new State.Verdict.Moved(PLAN.committed())),
                List.of(),
                totalMs,
                "tcg",
                only(Progress.DiskProgress.class, progress),
                only(Progress.MemoryProgress.class, progress),
                only(Progress.PacketProgress.class, progress),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static <T> Optional<T> only(Class<T> kind, Progress... progress) {
        return List.of(progress).stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    @Test
    void elsewhereThanOnATerminalEachPhaseIsALine() {
        LiveView view = view(false);
        view.say("Booting");
        view.show("Move", move(Phase.PULL, 100), NO_CLIENT);
        view.show("Move", move(Phase.PULL, 900), NO_CLIENT);
        view.show("Move", move(Phase.PRECOPY, 1234), NO_CLIENT);
        view.erase();
        view.say("Moved");
        assertThat(written())
                .isEqualTo(
                        "Booting\nMove  pull           0.1 s\nMove  precopy        1.2 s\nMoved\n");
    }

    @Test
    void onATerminalTheLinesChangeInPlace() {
        LiveView view = view(true);
        view.show(
                "Move 1/2",
                move(
                        Phase.PRECOPY,
                        2500,
                        new Progress.DiskProgress(75 * MIB, 100 * MIB, 10 * MIB),
                        new Progress.MemoryProgress(128 * MIB, 256 * MIB, 128 * MIB, 1),
                        new Progress.PacketProgress(3, 2)),
                Optional.of(new LiveView.Traffic(40, 39)));
        assertThat(written())
                .isEqualTo(
                        """
                        Move 1/2  precopy        2.5 s
                          [h1: runs] ==> [h2: receives]
                          disk    [=====================       ]  75 %    10.0 MiB/s  ETA 3 s
                          memory  [==============              ]  50 %         0 B/s \s
                          packets 40 sent, 39 answered; 3 held
                        """);
        view.show("Move 1/2", move(Phase.DELIVER, 9900), NO_CLIENT);
        assertThat(written())
                .isEqualTo(
                        """
                        \u001b[5A\u001b[JMove 1/2  deliver        9.9 s
                          [h1: left] ==> [h2: runs]
                          packets 0 held
                        """);
        view.say("Moved");
        view.erase();
        assertThat(written()).isEqualTo("\u001b[3A\u001b[JMoved\n");
    }

    private String memoryLine(LiveView view, long remaining, long sent, int syncs) {
        var progress = new Progress.MemoryProgress(remaining, 256 * MIB, sent, syncs);
        view.show("Move", move(Phase.PRECOPY, 0, progress), NO_CLIENT);
        return written().lines().filter(line -> line.contains("memory")).findFirst().orElseThrow();
    }

    @Test
    void theMemorysRateIsThatBetweenTwoLooks() {
        LiveView view = view(true);
        seconds += 100; // The guest boots.
        assertThat(memoryLine(view, 200 * MIB, 56 * MIB, 1)).endsWith("      0 B/s  ");
        seconds += 2;
        assertThat(memoryLine(view, 150 * MIB, 106 * MIB, 1)).endsWith("25.0 MiB/s  ETA 6 s");
        assertThat(memoryLine(view, 150 * MIB, 106 * MIB, 1)).endsWith("25.0 MiB/s  ETA 6 s");
        seconds += 1;
        assertThat(memoryLine(view, 0, 256 * MIB, 3))
                .isEqualTo(
                        "  memory  [============================] 100 %     150 MiB/s  done  round 3");
        seconds += 100; // Until the next move.
        assertThat(memoryLine(view, 250 * MIB, 6 * MIB, 1)).endsWith("      0 B/s  ");
        seconds += 1;
        assertThat(memoryLine(view, 240 * MIB, 16 * MIB, 1)).endsWith("10.0 MiB/s  ETA 24 s");
    }

    @ParameterizedTest
    @CsvSource({
        "DRAIN, runs, receives", "STOP, paused, receives", "COMMIT, paused, receives",
        "RESUME, left, runs", "RELEASE, left, runs", "ROLL_BACK, runs, receives"
    })
    void whereTheGuestIsIsSaid(Phase phase, String source, String target) {
        view(true).show("Move", move(phase, 0), NO_CLIENT);
        assertThat(written()).contains("  [h1: " + source + "] ==> [h2: " + target + "]\n");
    }
}
