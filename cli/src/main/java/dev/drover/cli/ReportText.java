package dev.drover.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A report as people read it: one screen. */
final class ReportText {
    private static final List<String> PAUSE =
            List.of(
                    "HOLD",
                    "DRAIN",
                    "STOP",
                    "LAST_ROUND",
                    "LAST_MEMORY",
                    "VOTE",
                    "COMMIT",
                    "RESUME");

    private ReportText() {}

    /** The whole report, without a last line end. */
    static String of(MoveReport r) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(r));
        lines.add(line("packets", packets(r)));
        lines.add(line("tcp", tcp(r)));
        lines.add(line("disk", disk(r)));
        lines.add(line("memory", memory(r)));
        lines.add(line("guest", guest(r)));
        String wire = Sizes.inWords(r.wireBytes());
        lines.add(line("wire", wire + " between the agents, " + r.accelerator()));
        phases(r, true).ifPresent(p -> lines.add(line("pause", p)));
        phases(r, false).ifPresent(p -> lines.add(line("other", p)));
        return String.join("\n", lines);
    }

    private static String headline(MoveReport r) {
        String now = r.active().host() + " (epoch " + r.active().epoch() + ")";
        String took = String.format(Locale.ROOT, "%.1f s", r.totalMs() / 1000);
        String how = r.coldBoot() ? "; its QEMU died, so it was BOOTED ANEW from its disk" : "";
        return switch (r.outcome()) {
            case MoveReport.MOVED ->
                    String.format(
                            Locale.ROOT,
                            "MOVED %s from %s to %s in %s; paused for %.1f ms%s",
                            r.vm(),
                            r.source(),
                            now,
                            took,
                            r.pauseMs(),
                            how);
            case String other ->
                    String.format(
                            Locale.ROOT,
                            "%s: %s runs on %s after %s; paused for %.1f ms%s\n  because   %s",
                            other.toUpperCase(Locale.ROOT),
                            r.vm(),
                            now,
                            took,
                            r.pauseMs(),
                            how,
                            r.why().orElse("unknown"));
        };
    }

    private static String packets(MoveReport r) {
        var p = r.packets();
        return String.format(
                Locale.ROOT,
                "%,d sent, %,d answered, %d lost, %d duplicated, %d reordered; %d held%s; slowest"
                        + " %.1f ms, longest silence %.1f ms; client up to %.1f ms late%s",
                p.sent(),
                p.answered(),
                p.lost(),
                p.duplicated(),
                p.reordered(),
                p.buffered(),
                p.lostByHosts() == 0 ? "" : ", " + p.lostByHosts() + " LOST BY THE HOSTS",
                p.maxLatencyMs(),
                r.guestGapMs(),
                p.clientLateMs(),
                p.clientDrops() == 0 ? "" : ", " + p.clientDrops() + " dropped by itself");
    }

    private static String tcp(MoveReport r) {
        return String.format(
                Locale.ROOT,
                "%s, %d bytes wrong, %s segments retransmitted%s",
                Sizes.inWords(r.tcp().bytes()),
                r.tcp().badBytes(),
                r.tcp().retransmits().map(String::valueOf).orElse("unknown"),
                r.tcp().unbroken() ? "" : "; the connection BROKE");
    }

    private static String disk(MoveReport r) {
        var d = r.disk();
        return String.format(
                Locale.ROOT,
                "%s %s (%s allocated on source, %s on target), %s travelled, %d rounds; %s: %s",
                d.format(),
                Sizes.inWords(d.sizeBytes()),
                Sizes.inWords(d.allocatedSourceBytes()),
                Sizes.inWords(d.allocatedTargetBytes()),
                Sizes.inWords(d.sentBytes()),
                d.rounds(),
                d.identical() ? "identical" : "NOT PROVEN IDENTICAL",
                d.finding());
    }

    private static String memory(MoveReport r) {
        var m = r.memory();
        return String.format(
                Locale.ROOT,
                "%s, %s sent, %s with %d dirty syncs%s",
                Sizes.inWords(m.sizeBytes()),
                Sizes.inWords(m.sentBytes()),
                m.mode(),
                m.dirtySyncs(),
                m.modeReason().map(why -> ": " + why).orElse(""));
    }

    private static String guest(MoveReport r) {
        var g = r.guest();
        String found =
                String.format(
                        Locale.ROOT,
                        "%,d disk blocks read again, %d bad; %,d memory pages, %d bad",
                        g.verifiedBlocks(),
                        g.badBlocks(),
                        g.verifiedPages(),
                        g.badPages());
        return g.badPages() == 0
                ? found
                : String.format(
                        Locale.ROOT,
                        "%s (%d older than noted, %d newer, %d torn)",
                        found,
                        g.badKinds().older(),
                        g.badKinds().newer(),
                        g.badKinds().torn());
    }

    /** Empty when there was none. */
    private static Optional<String> phases(MoveReport r, boolean inPause) {
        return r.phases().stream()
                .filter(p -> PAUSE.contains(p.name()) == inPause)
                .map(p ->
                        String.format(
                                Locale.ROOT,
                                inPause ? "%s %.1f" : "%s %.0f",
                                p.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                p.tookMs()))
                .reduce((before, next) -> before + " | " + next)
                .map(all -> all + " ms");
    }

    private static String line(String name, String text) {
        return String.format(Locale.ROOT, "  %-9s %s", name, text);
    }
}
