package dev.drover.agent;

import dev.drover.api.HostAddress;
import dev.drover.api.MonitorMessage;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.PacketGate;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.FakeHypervisor;
import dev.drover.testkit.net.FakePacketGate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The context of a host whose hypervisor and network are fakes, with no monitor. */
final class FakeHost {
    /** A VM that may be on it. */
    static final VmSpec SPEC =
            new VmSpec(
                    "vm",
                    1,
                    64 << 20,
                    new VmSpec.DiskSpec(VmSpec.Format.RAW, 1 << 20),
                    new VmSpec.NicSpec("52:54:00:00:00:01", "vmbr0"),
                    new VmSpec.Boot.FromDisk());

    private final FakeHypervisor hypervisor;
    private final FakePacketGate gate = new FakePacketGate();
    private final List<String> taps = new ArrayList<>();
    private final HostContext context;
    private String troubled = "";
    private volatile Instant now = Instant.EPOCH;

    /** Host h1, of no cluster. */
    FakeHost(Path directory, FakeHypervisor hypervisor) throws IOException {
        this(
                "h1",
                directory,
                hypervisor,
                CertificateAuthority.create(directory.resolve("authority")));
    }

    /** A host of a cluster. */
    FakeHost(String name, Path directory, FakeHypervisor hypervisor, CertificateAuthority authority)
            throws IOException {
        this.hypervisor = hypervisor;
        VmJournal journal = new VmJournal(directory.resolve("journal"));
        Network network = new OneGate();
        context =
                new HostContext(
                        new HostSettings(
                                new HostAddress(name, "127.0.0.1", 1),
                                directory,
                                List.of(),
                                directory.resolve("identity"),
                                "vmbr0",
                                Map.of(),
                                false),
                        identity(authority, Subject.host(name), directory.resolve("identity")),
                        journal,
                        hypervisor,
                        network,
                        new Allocations(
                                directory.resolve("vms"),
                                journal,
                                network,
                                this::killLeftover,
                                new KeptVolumes(directory.resolve("kept"), this::now)),
                        BaseImages.in(directory.resolve("images")),
                        new Nobody());
    }

    private Instant now() {
        return now;
    }

    /** So late it is on this host from now on. */
    void now(Instant time) {
        now = time;
    }

    /** From now on nothing can be cleaned up at this tap; "" ends that. */
    void trouble(String tap) {
        troubled = tap;
    }

    HostContext context() {
        return context;
    }

    FakePacketGate gate() {
        return gate;
    }

    /** The names of those that are there. */
    List<String> taps() {
        return taps;
    }

    private void killLeftover(Path directory) {
        hypervisor.adopt(SPEC, new Allocation(directory, "")).ifPresent(Guest::kill);
    }

    /** A new one. */
    static Identity identity(CertificateAuthority authority, Subject subject, Path directory)
            throws IOException {
        authority.issue(subject, directory);
        return Identity.load(directory);
    }

    private final class OneGate implements Network {
        @Override
        public void makeTap(String tap, String bridge) {
            if (!taps.contains(tap)) {
                taps.add(tap);
            }
        }

        @Override
        public void removeTap(String tap) {
            taps.remove(tap);
        }

        @Override
        public void unpinLeftover(String tap, String mac) {}

        @Override
        public void removeLeftovers(String tap) {
            if (tap.equals(troubled)) {
                throw new IllegalStateException("The kernel refuses");
            }
        }

        @Override
        public PacketGate gate(String tap, long pid, String bridge, boolean dropGroup) {
            return gate;
        }

        @Override
        public int mtu(String name) {
            return 1500;
        }
    }

    /** There is no monitor. */
    private static final class Nobody implements ToMonitor {
        @Override
        public void tell(MonitorMessage message) {
            // Lost.
        }

        @Override
        public void ask(MonitorMessage message) {
            // Lost.
        }
    }
}
