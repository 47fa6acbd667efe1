package dev.drover.cli.user;

import dev.drover.api.HostCapacity;
import dev.drover.api.rest.HostView;
import dev.drover.api.rest.ImageView;
import dev.drover.api.rest.MoveView;
import dev.drover.api.rest.TokenView;
import dev.drover.api.rest.VmView;
import dev.drover.api.rest.VolumeView;
import dev.drover.cli.Sizes;
import dev.drover.cli.user.Output.Column;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is shown of each kind of thing, in order. */
final class Columns {
    static final List<Column<VmView>> VM =
            List.of(
                    new Column<>("NAME", VmView::name),
                    new Column<>("HOST", VmView::host),
                    new Column<>("WANTED", vm -> vm.lost() ? "LOST" : lower(vm.wanted().name())),
                    new Column<>("CORES", vm -> String.valueOf(vm.cores())),
                    new Column<>("MEMORY", vm -> Sizes.inWords(vm.memoryBytes())),
                    new Column<>("DISK", vm -> Sizes.inWords(vm.diskBytes())),
                    new Column<>("MOVE", vm -> vm.move().orElse("-")),
                    Column.wide("FORMAT", VmView::format),
                    Column.wide("MAC", VmView::mac),
                    Column.wide("BRIDGE", VmView::bridge),
                    Column.wide("EPOCH", vm -> String.valueOf(vm.epoch())),
                    Column.wide("TAGS", vm -> pairs(vm.tags())));

    static final List<Column<HostView>> HOST =
            List.of(
                    new Column<>("NAME", HostView::name),
                    new Column<>("STATE", Columns::state),
                    new Column<>("ADDRESS", host -> host.address() + ":" + host.port()),
                    new Column<>("CORES", host -> has(host, c -> String.valueOf(c.cores()))),
                    new Column<>("MEMORY", host -> has(host, c -> Sizes.inWords(c.memoryBytes()))),
                    new Column<>("DISK", host -> has(host, c -> Sizes.inWords(c.diskBytes()))),
                    new Column<>(
                            "HYPERVISOR", host -> host.hypervisor() + " " + host.accelerator()),
                    Column.wide("MACHINE", HostView::machine),
                    Column.wide("BRIDGE", host -> has(host, HostCapacity::bridge)),
                    Column.wide("MTU", host -> String.valueOf(host.mtu())),
                    Column.wide("LABELS", host -> pairs(host.labels())),
                    Column.wide("CPU", host -> has(host, HostCapacity::cpu)));

    static final List<Column<MoveView>> MOVE =
            List.of(
                    new Column<>("ID", MoveView::id),
                    new Column<>("VM", MoveView::vm),
                    new Column<>("FROM", MoveView::source),
                    new Column<>("TO", MoveView::target),
                    new Column<>("STATE", Columns::state),
                    new Column<>("TOOK", move -> seconds(move.totalMs())),
                    Column.wide("PHASE", move -> phase(move.phase())),
                    Column.wide("RUNS ON", move -> move.outcome().map(o -> o.host()).orElse("-")),
                    Column.wide("WHY", move -> move.outcome().flatMap(o -> o.why()).orElse("-")));

    static final List<Column<ImageView>> IMAGE =
            List.of(
                    new Column<>("NAME", ImageView::name),
                    new Column<>("FORMAT", ImageView::format),
                    new Column<>("DISK", image -> Sizes.inWords(image.sizeBytes())),
                    new Column<>("FILE", image -> Sizes.inWords(image.fileBytes())),
                    new Column<>("HOSTS", Columns::hosts),
                    Column.wide("SHA-256", ImageView::sha256));

    static final List<Column<TokenView>> TOKEN =
            List.of(
                    new Column<>("NAME", TokenView::name),
                    new Column<>("ROLE", token -> lower(token.role().name())));

    static final List<Column<VolumeView>> VOLUME =
            List.of(
                    new Column<>("ID", VolumeView::id),
                    new Column<>("VM", VolumeView::vm),
                    new Column<>("HOST", VolumeView::host),
                    new Column<>("FORMAT", VolumeView::format),
                    new Column<>("DISK", volume -> Sizes.inWords(volume.diskBytes())),
                    new Column<>("ALLOCATED", volume -> Sizes.inWords(volume.allocatedBytes())),
                    new Column<>("KEPT UNTIL", volume -> second(volume.keptUntil())),
                    Column.wide("DESTROYED", volume -> second(volume.destroyed())),
                    Column.wide("PATH", VolumeView::path));

    private Columns() {}

    private static String second(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A monitor of before says nothing of them. */
    private static String pairs(@Nullable Map<String, String> pairs) {
        return pairs == null || pairs.isEmpty()
                ? "-"
                : pairs.entrySet().stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private static String hosts(ImageView image) {
        return image.hosts().isEmpty() ? "-" : String.join(",", image.hosts());
    }

    private static String has(HostView host, Function<HostCapacity, String> what) {
        return host.capacity().map(what).orElse("-");
    }

    private static String state(HostView host) {
        String here = host.lost() ? "lost" : host.connected() ? "connected" : "away";
        return here + (host.cordoned() ? ",cordoned" : "");
    }

    private static String state(MoveView move) {
        return move.outcome().map(o -> phase(o.kind())).orElse(phase(move.phase()));
    }

    static String seconds(double milliseconds) {
        return String.format(Locale.ROOT, "%.1f s", milliseconds / 1000);
    }

    /** A constant, as people write it. */
    static String phase(String name) {
        return lower(name).replace('_', '-');
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
