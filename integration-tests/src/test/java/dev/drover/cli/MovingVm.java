package dev.drover.cli;

import dev.drover.api.Fault;
import dev.drover.api.MonitorMessage;
import dev.drover.lab.Layout;
import dev.drover.lab.client.LabClient;
import dev.drover.lab.guest.Cache;
import dev.drover.lab.guest.GuestImage;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** A cluster of two hosts, a loaded guest in it, and its client: what the tests move. */
final class MovingVm implements AutoCloseable {
    private static final long CONTENT = 48L << 20;
    private static final long MEMORY = 192L << 20;
    private static final int RATE = 2000;

    private final Path stateDirectory;
    private final DemoCluster cluster;
    private final DemoVm vm;

    private MovingVm(Path stateDirectory, DemoCluster cluster, DemoVm vm) {
        this.stateDirectory = stateDirectory;
        this.cluster = cluster;
        this.vm = vm;
    }

    /** Boots on host 1. {@code prefix} names the namespaces. */
    static MovingVm boot(String prefix, VmSpec.Format format, int rate)
            throws IOException, InterruptedException {
        return boot(prefix, format, rate, 1);
    }

    /** As the other, with so many monitors. */
    static MovingVm boot(String prefix, VmSpec.Format format, int rate, int monitors)
            throws IOException, InterruptedException {
        Path state = Path.of("/var/lib/drover/" + prefix);
        LiveView view = new LiveView(System.err, false);
        DemoCluster cluster =
                DemoCluster.start(
                        new Layout(prefix, 2), monitors, state.resolve("lab"), true, view::say);
        try {
            DemoOptions options =
                    new DemoOptions(
                            2,
                            monitors,
                            format,
                            0,
                            MEMORY,
                            "light",
                            rate,
                            1,
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            false,
                            prefix,
                            state);
            return new MovingVm(state, cluster, DemoVm.boot(options, image(format), cluster, view));
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    static MovingVm boot(String prefix, VmSpec.Format format)
            throws IOException, InterruptedException {
        return boot(prefix, format, RATE);
    }

    /** Moves the VM to the host where it is not. */
    MoveReport move() throws InterruptedException {
        return move(Optional.empty());
    }

    /** As {@link #move()}, and crashes somebody. */
    MoveReport move(Fault fault) throws InterruptedException {
        return move(Optional.of(fault));
    }

    /** What a host, {@code h1} or {@code h2}, has of the VM. */
    Set<Traces> tracesOn(String host) throws IOException {
        int number = Integer.parseInt(host.substring(1));
        return Traces.of(vm.name(), cluster.lab().host(number));
    }

    /** The record. */
    Active active() throws InterruptedException {
        return cluster.client().active(vm.name()).active();
    }

    /** The number of the monitor that leads, from 1. */
    int leader() throws InterruptedException {
        var _ = active();
        return cluster.client().monitor();
    }

    /** Packets that the guest has answered so far. */
    long answered() {
        return vm.client().orElseThrow().totals().answered();
    }

    /** Blocks until it has answered so many. */
    void awaitAnswers(long count, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (answered() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The guest answered " + answered() + ", not " + count);
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** What talks to the guest. */
    LabClient client() {
        return vm.client().orElseThrow();
    }

    DemoCluster cluster() {
        return cluster;
    }

    @Override
    public void close() throws IOException {
        vm.close();
        cluster.close();
        DemoFiles.deleteAll(stateDirectory);
    }

    private MoveReport move(Optional<Fault> fault) throws InterruptedException {
        cluster.awaitHosts(2);
        MonitorMessage.ActiveAnswer before = cluster.client().active(vm.name());
        MoveMeasurement measurement = MoveMeasurement.begin(vm, cluster, before);
        String target = before.active().host().equals("h1") ? "h2" : "h1";
        String id = cluster.client().startMove(vm.name(), target, fault);
        MoveReport report = measurement.end(cluster.client().follow(id, _ -> {}));
        System.err.println(ReportText.of(report));
        return report;
    }

    /** A small disk moves fast; it is made once for all tests. */
    private static DemoImage image(VmSpec.Format format) throws IOException {
        Path cache = Files.createDirectories(Path.of("/var/lib/drover/test-cache"));
        GuestImage image = GuestImage.prepare(new Cache(cache), CONTENT);
        long disk = image.minimumDiskBytes();
        VmSpec spec =
                new VmSpec(
                        "demo",
                        1,
                        MEMORY,
                        new VmSpec.DiskSpec(format, disk),
                        new VmSpec.NicSpec(Layout.GUEST_MAC, Layout.VM_BRIDGE),
                        new VmSpec.Boot.Kernel(
                                GuestImage.commandLine(Layout.GUEST_ADDRESS, MEMORY)));
        return new DemoImage(spec, directory -> image.install(directory, format, disk));
    }
}
