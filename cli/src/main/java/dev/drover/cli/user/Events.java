package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import dev.drover.api.rest.HostView;
import dev.drover.api.rest.MoveView;
import dev.drover.api.rest.VmView;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code drover events}. */
@Command(
        name = "events",
        description = "Prints what changes from now on, a line each, until Ctrl-C.",
        footer = {
            "",
            "A line 'lost' says that something was not told: list what there is again. The stream"
                    + " goes on with the next leader when the one that told it is gone."
        })
final class Events implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT)
                    .withZone(ZoneId.systemDefault());

    @Option(names = "--json", description = "each as the cluster tells it")
    private boolean json;

    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return connection.ask(api -> {
            while (!spec.commandLine().getOut().checkError()) { // nobody reads any more
                api.watch("/v1/events", this::print);
                if (!json) {
                    print("", EventType.LOST.label(), "the stream ended; watching again");
                }
            }
            return 0;
        });
    }

    private void print(JsonNode told) {
        if (json) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(Json.text(told));
            out.flush();
            return;
        }
        EventView event = Json.read(told, EventView.class);
        print(TIME.format(event.time()), event.type(), inWords(event));
    }

    private void print(String time, String type, String what) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-12s  %-17s  %s%n", time, type, what);
        out.flush();
    }

    private static String inWords(EventView event) {
        return event.move()
                .map(Events::inWords)
                .or(() -> event.vm().map(Events::inWords))
                .or(() -> event.host().map(Events::inWords))
                .orElse("");
    }

    private static String inWords(MoveView move) {
        String where = "%s  %s -> %s  ".formatted(move.vm(), move.source(), move.target());
        return where
                + move.outcome()
                        .map(end ->
                                Columns.phase(end.kind()).toUpperCase(Locale.ROOT)
                                        + ": runs on "
                                        + end.host()
                                        + end.why().map(why -> "; " + why).orElse(""))
                        .orElseGet(() ->
                                Columns.phase(move.phase())
                                        + move.diskDone()
                                                .map(d -> ", disk " + Math.round(100 * d) + " %")
                                                .orElse(""));
    }

    private static String inWords(VmView vm) {
        return "%s  on %s, wanted %s, epoch %d"
                .formatted(vm.name(), vm.host(), Columns.phase(vm.wanted().name()), vm.epoch());
    }

    private static String inWords(HostView host) {
        return host.name()
                + (host.connected() ? "  connected" : "  away")
                + (host.cordoned() ? ", cordoned" : "");
    }
}
