package dev.drover.cli;

import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.cli.user.Context;
import dev.drover.cli.user.Contexts;
import dev.drover.lab.Host;
import dev.drover.lab.Lab;
import dev.drover.lab.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A whole cluster on this machine: hosts with agents, monitors, and a user's connection. */
final class DemoCluster implements AutoCloseable {
    static final int PORT = 7400;
    private static final int REST_PORT = PORT + ServeMonitor.REST_AFTER;
    private static final Duration UNTIL_UP = Duration.ofSeconds(60);

    private final Lab lab;
    private final Services services;
    private final ClusterClient client;
    private final Context context;
    private boolean kept;

    private DemoCluster(Lab lab, Services services, ClusterClient client, Context context) {
        this.lab = lab;
        this.context = context;
        this.services = services;
        this.client = client;
    }

    /**
     * Removes what an earlier run left, makes the lab, starts everything and waits until it is up.
     *
     * @param monitors 1, 3 or 5
     */
    static DemoCluster start(
            Layout layout,
            int monitors,
            Path stateDirectory,
            boolean faults,
            Services.LiveNotes notes)
            throws IOException, InterruptedException {
        Lab lab = Lab.create(layout, stateDirectory);
        Services services = new Services(notes, faults ? Learning.none() : Learning.ofLauncher());
        try {
            Certificates certificates = Certificates.issue(lab);
            List<String> addresses =
                    IntStream.rangeClosed(1, monitors)
                            .mapToObj(number -> Layout.monitorAddress(number) + ":" + PORT)
                            .toList();
            for (int number = 1; number <= monitors; number++) {
                startMonitor(lab.monitor(), number, addresses, services, certificates, faults);
            }
            for (Host host : lab.hosts()) {
                startAgent(host, services, certificates, String.join(",", addresses), faults);
            }
            ClusterClient client =
                    new ClusterClient(
                            addresses.stream().map(Addresses::parse).toList(),
                            Identity.load(certificates.of("user")),
                            lab.monitor().namespace());
            DemoCluster cluster =
                    new DemoCluster(lab, services, client, context(lab, monitors, certificates));
            cluster.awaitHosts(layout.hosts());
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            services.close();
            lab.close();
            throw e;
        }
    }

    Lab lab() {
        return lab;
    }

    Services services() {
        return services;
    }

    ClusterClient client() {
        return client;
    }

    private static Context context(Lab lab, int monitors, Certificates certificates) {
        return new Context(
                IntStream.rangeClosed(1, monitors)
                        .mapToObj(number -> Layout.monitorAddress(number) + ":" + REST_PORT)
                        .toList(),
                certificates.of("user"),
                Optional.of(lab.monitor().namespace().name()));
    }

    /** From now on {@link #close} leaves all as it is; the file by which a user reaches it. */
    Path keep() throws IOException {
        Path file = contexts();
        kept = true;
        return file;
    }

    /** Writes the file by which a user reaches the cluster. */
    Path contexts() throws IOException {
        Path file = lab.monitor().directory().resolve("contexts.json");
        Contexts.NONE.with("demo", context).write(file);
        return file;
    }

    /** Ends everything and removes it, unless it is kept; the logs stay. */
    @Override
    public void close() {
        client.close();
        if (kept) {
            services.leave();
            lab.leave();
            return;
        }
        services.close();
        Set<String> vms = StaleGroups.vmsBelow(lab.stateDirectory());
        lab.close();
        vms.forEach(StaleGroups::remove);
    }

    private static void startMonitor(
            Host machine,
            int number,
            List<String> addresses,
            Services services,
            Certificates certificates,
            boolean faults) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--listen=" + addresses.get(number - 1),
                                "--state-dir=" + machine.directory().resolve("state" + number),
                                "--identity=" + certificates.of("monitor"),
                                "--faults=" + faults));
        if (addresses.size() > 1) {
            words.add("--peers=" + String.join(",", addresses));
        }
        services.start(machine, monitorRole(number), "monitor", words);
    }

    /** What the process of a monitor is called among the services. */
    static String monitorRole(int number) {
        return "monitor" + number;
    }

    private static void startAgent(
            Host host,
            Services services,
            Certificates certificates,
            String monitor,
            boolean faults) {
        services.start(
                host,
                "agent",
                "host",
                List.of(
                        "--name=" + host.name(),
                        "--listen=" + host.address() + ":" + PORT,
                        "--monitor=" + monitor,
                        "--state-dir=" + host.directory().resolve("state"),
                        "--identity=" + certificates.of(host.name()),
                        "--bridge=" + Layout.VM_BRIDGE,
                        "--faults=" + faults));
    }

    /** Blocks until so many hosts are connected to the monitor. */
    void awaitHosts(int count) throws InterruptedException {
        long deadline = System.nanoTime() + UNTIL_UP.toNanos();
        while (client.hosts().size() < count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "Only the hosts "
                                + client.hosts()
                                + " joined within "
                                + UNTIL_UP.toSeconds()
                                + " s; their logs are in "
                                + lab.logs());
            }
            Thread.sleep(20);
        }
    }

    /** A certificate for everyone, made anew for each run. */
    private record Certificates(Path directory) {
        static Certificates issue(Lab lab) throws IOException {
            Path directory = lab.monitor().directory().resolve("certificates");
            CertificateAuthority authority =
                    CertificateAuthority.create(directory.resolve("authority"));
            Certificates all = new Certificates(directory);
            authority.issue(Subject.monitor(), all.of("monitor"));
            authority.issue(Subject.client("user"), all.of("user"));
            for (Host host : lab.hosts()) {
                authority.issue(Subject.host(host.name()), all.of(host.name()));
            }
            return all;
        }

        Path of(String name) {
            return directory.resolve(name);
        }
    }
}
