package dev.drover.cli;

import dev.drover.api.MoveStatus;
import dev.drover.api.Progress;
import dev.drover.protocol.Phase;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What the person sees while it happens: on a terminal a few lines that change in place, elsewhere
 * a line whenever a phase begins. Thread-safe.
 */
final class LiveView {
    private static final int BAR = 28;

    private final PrintStream out;
    private final boolean terminal;
    private int linesUp;
    private Optional<Phase> lastPhase = Optional.empty();
    private final Rate memoryRate;

    /** What the client counts, while it happens. */
    record Traffic(long sent, long answered) {}

    LiveView(PrintStream out, boolean terminal) {
        this(out, terminal, System::nanoTime);
    }

    LiveView(PrintStream out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.memoryRate = new Rate(nanoTime);
    }

    /** A line that stays. */
    synchronized void say(String line) {
        erase();
        out.println(line);
    }

    /** The move as it stands. */
    synchronized void show(String title, MoveStatus move, Optional<Traffic> traffic) {
        Phase phase = move.state().phase();
        if (!terminal) {
            if (!lastPhase.equals(Optional.of(phase))) {
                out.println(headline(title, move, phase));
            }
            lastPhase = Optional.of(phase);
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(headline(title, move, phase));
        lines.add("  " + hosts(move, phase));
        move.disk().ifPresent(d -> lines.add(disk(d)));
        move.memory().ifPresent(m -> lines.add(memory(m)));
        lines.add("  packets " + packets(move, traffic));
        erase();
        lines.forEach(out::println);
        linesUp = lines.size();
    }

    /** What {@link #show} drew goes. */
    synchronized void erase() {
        if (linesUp > 0) {
            out.print(String.format(Locale.ROOT, "\u001b[%dA\u001b[J", linesUp));
            linesUp = 0;
        }
    }

    private static String headline(String title, MoveStatus move, Phase phase) {
        return String.format(
                Locale.ROOT,
                "%s  %-12s %5.1f s",
                title,
                phase.name().toLowerCase(Locale.ROOT),
                move.totalMs() / 1000);
    }

    private static String hosts(MoveStatus move, Phase phase) {
        var plan = move.state().plan();
        boolean paused = phase.compareTo(Phase.STOP) >= 0 && phase.compareTo(Phase.RESUME) < 0;
        boolean there = phase.compareTo(Phase.RESUME) >= 0 && phase.compareTo(Phase.RELEASE) <= 0;
        String source = there ? "left" : paused ? "paused" : "runs";
        String target = there ? "runs" : "receives";
        return "["
                + plan.source()
                + ": "
                + source
                + "] ==> ["
                + plan.target()
                + ": "
                + target
                + "]";
    }

    private static String disk(Progress.DiskProgress p) {
        long left = p.totalBytes() - p.doneBytes();
        return line("disk   ", p.doneBytes(), p.totalBytes(), p.bytesPerSecond(), left);
    }

    private String memory(Progress.MemoryProgress p) {
        long perSecond = memoryRate.of(p.sentBytes());
        long done = p.totalBytes() - p.remainingBytes();
        return line("memory ", done, p.totalBytes(), perSecond, p.remainingBytes())
                + (p.dirtySyncs() > 1 ? "  round " + p.dirtySyncs() : "");
    }

    private static String line(String name, long done, long total, long perSecond, long left) {
        int filled = total == 0 ? 0 : (int) (BAR * done / total);
        String eta =
                left <= 0
                        ? "done"
                        : perSecond <= 0 ? "" : "ETA " + Math.ceilDiv(left, perSecond) + " s";
        return String.format(
                Locale.ROOT,
                "  %s [%s%s] %3d %%  %10s/s  %s",
                name,
                "=".repeat(filled),
                " ".repeat(BAR - filled),
                total == 0 ? 0 : 100 * done / total,
                Sizes.inWords(perSecond),
                eta);
    }

    private static String packets(MoveStatus move, Optional<Traffic> traffic) {
        long held = move.packets().map(Progress.PacketProgress::heldFrames).orElse(0L);
        return traffic.map(t -> t.sent() + " sent, " + t.answered() + " answered; ").orElse("")
                + held
                + " held";
    }

    /** How fast a count grows, from one look to the next. */
    private static final class Rate {
        private final LongSupplier nanoTime;
        private long before = Long.MAX_VALUE;
        private long beforeNanos;
        private long perSecond;

        Rate(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
        }

        long of(long now) {
            long nanos = nanoTime.getAsLong();
            if (now < before) { // The first of a move.
                before = now;
                beforeNanos = nanos;
                perSecond = 0;
            } else if (now != before && nanos > beforeNanos) {
                perSecond = (long) ((now - before) * 1e9 / (nanos - beforeNanos));
                before = now;
                beforeNanos = nanos;
            }
            return perSecond;
        }
    }
}
