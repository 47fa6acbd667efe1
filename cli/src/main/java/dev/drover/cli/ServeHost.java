package dev.drover.cli;

import dev.drover.agent.HostAgent;
import dev.drover.agent.HostSettings;
import dev.drover.api.HostAddress;
import dev.drover.api.spec.VmDeclaration;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover serve host}: this host's agent in this process. */
@Command(name = "host", description = "Runs this host's agent.")
final class ServeHost implements Callable<Integer> {
    @Option(names = "--name", required = true, description = "the host's name in the cluster")
    private String name = "";

    @Option(names = "--listen", required = true, description = "ADDRESS:PORT for other agents")
    private String listen = "";

    @Option(
            names = "--monitor",
            required = true,
            description = "ADDRESS:PORT of the cluster's monitors, separated by commas")
    private String monitor = "";

    @Option(names = "--state-dir", required = true, description = "where VMs and journal are")
    private Path stateDirectory = Path.of("");

    @Option(names = "--identity", required = true, description = "directory of the certificate")
    private Path identity = Path.of("");

    @Option(names = "--bridge", defaultValue = "vmbr0", description = "that VMs are connected to")
    private String bridge = "";

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "of this host, for the placement of VMs; may be given often")
    private Map<String, String> labels = new TreeMap<>();

    @Option(names = "--faults", description = "crash when told to, for demonstrations and tests")
    private boolean faults;

    @Override
    public Integer call() throws Exception {
        InetSocketAddress address = Addresses.parse(listen);
        if (!HostAgent.isRunning(stateDirectory)) { // else it is ended, and gives its port up
            Listening.tryAll(List.of(new Listening(address, "other agents", "--listen")));
        }
        HostAgent.start(
                new HostSettings(
                        new HostAddress(name, address.getHostString(), address.getPort()),
                        stateDirectory,
                        Addresses.parseAll(monitor),
                        identity,
                        bridge,
                        new VmDeclaration.Placement(labels, List.of()).hostLabels(),
                        faults));
        Thread.currentThread().join();
        return 0;
    }
}
