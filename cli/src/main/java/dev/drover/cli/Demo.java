package dev.drover.cli;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveStatus;
import dev.drover.lab.LabException;
import dev.drover.lab.Layout;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The demonstration, from nothing to nothing: a cluster, a guest, a client, the moves, the report.
 * Read {@link #run} from top to bottom.
 */
final class Demo {
    private static final String ENDING =
            "Interrupted: putting things in order first, which takes some seconds";

    private static final int MOVED = 0;
    private static final int FAILED = 1;
    private static final int INTERRUPTED = 130;

    private final DemoOptions options;
    private final PrintStream out;
    private final LiveView view;
    private final Interruption interruption = new Interruption();

    Demo(DemoOptions options) {
        this.options = options;
        this.out = options.json() ? System.err : System.out;
        this.view = new LiveView(out, Terminal.isThere());
    }

    /** Performs the demo; the exit status. */
    int run() throws IOException, InterruptedException {
        // Before there are other threads: SLF4J tells the person of words said while it begins.
        boolean _ = System.getLogger(Demo.class.getName()).isLoggable(System.Logger.Level.ERROR);
        DemoNeeds.check(options);
        DemoImage image = DemoImage.prepare(options, view);
        List<MoveReport> reports = new ArrayList<>();
        try (var _ = interruption.watch(() -> view.say(ENDING));
                DemoCluster cluster = startCluster();
                DemoVm vm = DemoVm.boot(options, image, cluster, view)) {
            for (int move = 1; move <= options.moves() && !interruption.requested(); move++) {
                reports.add(move(vm, cluster, move));
            }
            if (options.keep() && !interruption.requested()) {
                keep(cluster);
            } else if (status(reports) == MOVED) {
                cluster.services().keepWhatIsLearnt();
            }
            return status(reports);
        } finally {
            if (options.json() && !reports.isEmpty()) {
                System.out.println(
                        options.moves() == 1
                                ? ReportJson.of(reports.getFirst())
                                : ReportJson.of(reports));
            }
        }
    }

    private void keep(DemoCluster cluster) throws IOException {
        Path contexts = cluster.keep();
        Path state = options.stateDirectory();
        String where = state.equals(DemoOptions.USUAL) ? "" : " --state-dir=" + state;
        out.println(
                """
                The cluster runs on. Ask it:
                    export DROVER_CONFIG=%s
                    ./drover list
                    ./drover move demo --to h1
                    ./drover sleep demo
                    ./drover --help
                End it:
                    ./drover demo --end%s\
                """
                        .formatted(contexts, where));
    }

    private DemoCluster startCluster() throws IOException, InterruptedException {
        try {
            return DemoCluster.start(
                    new Layout(options.prefix(), options.hosts()),
                    options.monitors(),
                    options.stateDirectory().resolve("lab"),
                    options.fault().isPresent(),
                    view::say);
        } catch (LabException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    private MoveReport move(DemoVm vm, DemoCluster cluster, int number)
            throws IOException, InterruptedException {
        MonitorMessage.ActiveAnswer before = cluster.client().active(vm.name());
        String target = next(before.active().host());
        MoveMeasurement measurement = MoveMeasurement.begin(vm, cluster, before);
        String id =
                cluster.client()
                        .startMove(
                                vm.name(),
                                target,
                                number == 1 ? options.fault() : Optional.empty());
        MoveStatus status = watch(vm, cluster, id, number);
        MoveReport report = measurement.end(status);
        view.erase();
        out.println(ReportText.of(report));
        return report;
    }

    /** Shows the move until it has ended; an interruption undoes it. */
    private MoveStatus watch(DemoVm vm, DemoCluster cluster, String id, int number)
            throws InterruptedException {
        String title = options.moves() == 1 ? "Move" : "Move " + number + "/" + options.moves();
        AtomicBoolean cancelled = new AtomicBoolean();
        return cluster.client()
                .follow(
                        id,
                        status -> {
                            view.show(title, status, vm.traffic());
                            if (interruption.requested() && !cancelled.getAndSet(true)) {
                                view.say("Undoing the move: the guest runs on, on its source");
                                cluster.client().cancelMove(id, "The user interrupted it");
                            }
                        });
    }

    /** With two hosts back and forth, with more round and round. */
    private String next(String host) {
        int number = Integer.parseInt(host.substring(1));
        return Layout.hostName(number % options.hosts() + 1);
    }

    private int status(List<MoveReport> reports) {
        if (interruption.requested()) {
            return INTERRUPTED;
        }
        boolean guestTells = options.image().isEmpty();
        return reports.stream().allMatch(r -> r.isFlawless() && (r.isProven() || !guestTells))
                ? MOVED
                : FAILED;
    }
}
