package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.lab.Layout;
import dev.drover.lab.client.Figures;
import dev.drover.lab.client.LabClient;
import dev.drover.lab.client.Load;
import dev.drover.lab.client.Verification;
import dev.drover.lab.guest.Cache;
import dev.drover.lab.guest.GuestImage;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** A cluster with three monitors and several small guests, each with a client of its own. */
final class SmallVms implements AutoCloseable {
    private static final long CONTENT = 48L << 20;
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int PACKETS_PER_SECOND = 50;
    private static final long STREAM_BYTES_PER_SECOND = 20_000;
    private static final String WHOLE_TIME = "whole";

    private final Path state;
    private final DemoCluster cluster;
    private final Map<String, LabClient> clients = new LinkedHashMap<>();

    private SmallVms(Path state, DemoCluster cluster) {
        this.state = state;
        this.cluster = cluster;
    }

    /** Boots them, the first on host 1, the next on host 2, and so on. */
    static SmallVms boot(String prefix, Path state, int hosts, int guests)
            throws IOException, InterruptedException {
        LiveView view = new LiveView(System.err, false);
        SmallVms vms =
                new SmallVms(
                        state,
                        DemoCluster.start(
                                new Layout(prefix, hosts),
                                3,
                                state.resolve("lab"),
                                false,
                                view::say));
        try {
            Path cache = Files.createDirectories(Path.of("/var/lib/drover/test-cache"));
            GuestImage image = GuestImage.prepare(new Cache(cache), CONTENT);
            for (int guest = 0; guest < guests; guest++) {
                vms.boot(image, guest, 1 + guest % hosts);
            }
            return vms;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            vms.close();
            throw e;
        }
    }

    private void boot(GuestImage image, int guest, int host)
            throws IOException, InterruptedException {
        int last = 10 + guest;
        String name = "vm" + guest;
        String address = "10.77.0." + last;
        long memory = GuestImage.MINIMUM_MEMORY_BYTES;
        VmSpec spec =
                new VmSpec(
                        name,
                        1,
                        memory,
                        new VmSpec.DiskSpec(VmSpec.Format.QCOW2, image.minimumDiskBytes()),
                        new VmSpec.NicSpec("52:54:00:77:00:%02x".formatted(last), Layout.VM_BRIDGE),
                        new VmSpec.Boot.Kernel(GuestImage.commandLine(address, memory)));
        Path directory =
                Files.createDirectories(cluster.lab().host(host).directory().resolve(name));
        image.install(directory, spec.disk().format(), spec.disk().sizeBytes());
        user().create(spec, Layout.hostName(host), directory.toString());
        LabClient client =
                LabClient.start(
                        cluster.lab(),
                        new LabClient.Options(
                                address, PACKETS_PER_SECOND, STREAM_BYTES_PER_SECOND));
        clients.put(name, client);
        assertThat(client.awaitFirstAnswer(SOON)).as(name).isTrue();
        client.begin(WHOLE_TIME);
    }

    DemoCluster cluster() {
        return cluster;
    }

    ClusterClient user() {
        return cluster.client();
    }

    List<String> names() {
        return List.copyOf(clients.keySet());
    }

    /** A file by which {@code drover} reaches the cluster. */
    Path contexts() throws IOException {
        return cluster.contexts();
    }

    private LabClient client(String vm) {
        return Objects.requireNonNull(clients.get(vm));
    }

    /** From now on it writes, to disk and memory; till {@link #assertWhole}. */
    void loaded(String vm) {
        client(vm).load(Load.LIGHT);
    }

    /** Blocks until only the host that the record names has a process of this VM; that host. */
    String awaitSettled(String vm) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (true) {
            String host = user().active(vm).active().host();
            List<String> having = having(vm);
            if (having.equals(List.of(host))) {
                return host;
            }
            assertThat(System.nanoTime())
                    .as("%s belongs to %s, processes are on %s", vm, host, having)
                    .isLessThan(deadline);
            LockSupport.parkNanos(50_000_000);
        }
    }

    private List<String> having(String vm) {
        return Drover.processes().values().stream()
                .filter(line -> line.contains("qemu-system"))
                .filter(line -> line.contains("/state/vms/" + vm + "/"))
                .filter(line -> line.contains(state + "/"))
                .map(line -> line.replaceAll(".*/lab/(h[0-9]+)/state/vms/.*", "$1"))
                .sorted()
                .toList();
    }

    /** It answers, nothing that it wrote is lost, and never did two answer for it. */
    void assertWhole(String vm, String how) {
        LabClient client = client(vm);
        long answered = client.totals().answered();
        long deadline = System.nanoTime() + SOON.toNanos();
        while (client.totals().answered() < answered + PACKETS_PER_SECOND) {
            assertThat(System.nanoTime()).as("It answers; " + how).isLessThan(deadline);
            LockSupport.parkNanos(10_000_000);
        }
        client.load(Load.IDLE);
        Verification found = client.verify();
        assertThat(found.badBlocks()).as(how).isZero();
        assertThat(found.badPages()).as(how).isZero();
        assertThat(found.verifiedPages()).as(how).isPositive();
        Figures figures = client.end(WHOLE_TIME);
        client.begin(WHOLE_TIME);
        System.err.println(vm + ": " + figures.packets());
        assertThat(figures.packets().duplicated()).as(how).isZero();
        assertThat(figures.stream().badBytes()).as(how).isZero();
    }

    @Override
    public void close() throws IOException {
        try {
            clients.values().forEach(LabClient::close);
        } finally {
            cluster.close();
            DemoFiles.deleteAll(state);
        }
    }
}
