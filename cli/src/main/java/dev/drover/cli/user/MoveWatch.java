package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.MoveView;
import dev.drover.cli.Terminal;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/**
 * Shows a move until it has ended: on a terminal a line that changes in place, elsewhere a line for
 * each phase. Progress goes to standard error, the outcome to standard output.
 */
final class MoveWatch {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final int BAR = 24;
    static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private String lastPhase = "";

    private MoveWatch(PrintWriter err) {
        this.err = err;
        this.terminal = Terminal.isThere();
    }

    /** Returns 0 when the VM was moved, else 1. */
    static int until(Api api, String id, CommandLine command, Output output)
            throws InterruptedException {
        MoveWatch watch = new MoveWatch(command.getErr());
        Thread interrupted = new Thread(() -> watch.interrupted(id), "interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        JsonNode told = api.get("/v1/moves/" + Api.encode(id));
        MoveView move = Json.read(told, MoveView.class);
        while (move.outcome().isEmpty()) {
            watch.show(move);
            Thread.sleep(BETWEEN_LOOKS);
            told = api.get("/v1/moves/" + Api.encode(id));
            move = Json.read(told, MoveView.class);
        }
        watch.erase();
        Runtime.getRuntime().removeShutdownHook(interrupted);
        if (output.isStructured()) {
            output.print(command.getOut(), told);
        } else {
            command.getOut().println(outcome(move, move.outcome().get()));
        }
        return move.outcome().get().kind().equals("MOVED") ? 0 : 1;
    }

    private static String outcome(MoveView move, MoveView.Outcome outcome) {
        String where = outcome.host() + " (epoch " + outcome.epoch() + ")";
        String took = Columns.seconds(move.totalMs());
        return switch (outcome.kind()) {
            case "MOVED" ->
                    "MOVED %s from %s to %s in %s".formatted(move.vm(), move.source(), where, took);
            case String kind ->
                    "%s: %s is on %s after %s%n  because  %s"
                            .formatted(
                                    Columns.phase(kind).toUpperCase(Locale.ROOT),
                                    move.vm(),
                                    where,
                                    took,
                                    outcome.why().orElse("its record was changed by others"));
        };
    }

    private void show(MoveView move) {
        String line = line(move);
        if (terminal) {
            err.print(ERASE + line);
        } else if (!move.phase().equals(lastPhase)) {
            err.println(line);
        }
        err.flush();
        lastPhase = move.phase();
    }

    private static String line(MoveView move) {
        return "%s  %s -> %s  %-12s %8s%s%s"
                .formatted(
                        move.vm(),
                        move.source(),
                        move.target(),
                        Columns.phase(move.phase()),
                        Columns.seconds(move.totalMs()),
                        move.diskDone().map(done -> bar("disk ", done)).orElse(""),
                        move.pullEtaSeconds().map(MoveWatch::eta).orElse(""));
    }

    static String eta(double seconds) {
        return "  ETA " + Math.round(Math.ceil(seconds)) + " s";
    }

    /**
     * How much is done.
     *
     * @param what of, with a space behind it, or nothing
     */
    static String bar(String what, double done) {
        int filled = (int) (BAR * Math.clamp(done, 0, 1));
        return "  %s[%s%s] %3d %%"
                .formatted(
                        what,
                        "=".repeat(filled),
                        " ".repeat(BAR - filled),
                        (int) (100 * Math.clamp(done, 0, 1)));
    }

    private void erase() {
        if (terminal) {
            err.print(ERASE);
            err.flush();
        }
    }

    private void interrupted(String id) {
        erase();
        err.println("The move goes on. See 'drover moves', or undo it: drover cancel " + id);
        err.flush();
    }
}
