package dev.drover.cli;

import dev.drover.monitor.ClusterMonitor;
import dev.drover.monitor.MonitorSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover serve monitor}: a cluster monitor in this process. */
@Command(name = "monitor", description = "Runs a cluster monitor.")
final class ServeMonitor implements Callable<Integer> {
    @Option(names = "--listen", required = true, description = "ADDRESS:PORT for agents and users")
    private String listen = "";

    /** The two ports in between are those of ZooKeeper's servers among several monitors. */
    static final int REST_AFTER = 3;

    private static final int MOST_PORT = 65535;

    @Option(
            names = "--api",
            description =
                    "ADDRESS:PORT of the REST interface; by default the port of --listen plus 3")
    private @Nullable String api;

    @Option(names = "--state-dir", required = true, description = "where the cluster's state is")
    private Path stateDirectory = Path.of("");

    @Option(names = "--identity", required = true, description = "directory of the certificate")
    private Path identity = Path.of("");

    @Option(
            names = "--peers",
            description = {
                "ADDRESS:PORT of all three or five monitors, this one among them, separated by",
                "commas, in the same order everywhere; each uses the next two ports, too"
            })
    private @Nullable String peers;

    @Option(
            names = "--zookeeper",
            description = "HOST:PORT,... of an outside ensemble, in place of embedded servers")
    private @Nullable String zooKeeper;

    @Option(names = "--faults", description = "crash when told to, for demonstrations and tests")
    private boolean faults;

    @Override
    public Integer call() throws Exception {
        MonitorSettings settings = settings(Addresses.parse(listen));
        Listening.tryAll(listening(settings));
        ClusterMonitor.start(settings);
        Thread.currentThread().join();
        return 0;
    }

    private static List<Listening> listening(MonitorSettings settings) {
        List<Listening> all = new ArrayList<>();
        all.add(new Listening(settings.listen(), "agents and users", "--listen"));
        settings.rest().ifPresent(rest -> all.add(new Listening(rest, "REST", "--api")));
        if (!settings.peers().isEmpty()) {
            for (int after = 1; after < REST_AFTER; after++) {
                all.add(
                        new Listening(
                                after(settings.listen(), after),
                                "the other monitors",
                                "--listen and --peers"));
            }
        }
        return all;
    }

    private static InetSocketAddress after(InetSocketAddress address, int ports) {
        return new InetSocketAddress(address.getAddress(), address.getPort() + ports);
    }

    private InetSocketAddress rest(InetSocketAddress address) {
        if (api != null) {
            return Addresses.parse(api);
        }
        if (address.getPort() > MOST_PORT - REST_AFTER) {
            throw new BadInput(
                    "There is no port "
                            + (address.getPort() + REST_AFTER)
                            + " for the REST interface; name one with --api");
        }
        return after(address, REST_AFTER);
    }

    private MonitorSettings settings(InetSocketAddress address) {
        List<InetSocketAddress> all = peers == null ? List.of() : Addresses.parseAll(peers);
        try {
            return new MonitorSettings(
                    address,
                    Optional.of(rest(address)),
                    stateDirectory,
                    identity,
                    0,
                    all,
                    Optional.ofNullable(zooKeeper),
                    faults);
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }
}
