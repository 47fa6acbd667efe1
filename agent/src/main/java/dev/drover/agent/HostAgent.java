package dev.drover.agent;

import dev.drover.api.MonitorMessage;
import dev.drover.api.link.LinkServer;
import dev.drover.api.tls.Identity;
import dev.drover.qemu.QemuHypervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host's agent: takes the lock, takes up its VMs, answers. Its wiring is its architecture: read
 * {@link #start} from top to bottom.
 */
public final class HostAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostAgent.class);

    private final StateLock lock;
    private final LinkServer server;
    private final MonitorLink monitor;
    private final KeptVolumes kept;

    private HostAgent(StateLock lock, LinkServer server, MonitorLink monitor, KeptVolumes kept) {
        this.lock = lock;
        this.server = server;
        this.monitor = monitor;
        this.kept = kept;
    }

    /** Whether an agent uses this state directory, which {@link #start} would end. */
    public static boolean isRunning(Path stateDirectory) throws IOException {
        return StateLock.isHeld(stateDirectory);
    }

    /**
     * Starts an agent; it answers when this returns, and connects to the monitor by itself.
     *
     * @throws IOException when its state cannot be read, the lock not be taken, or the address is
     *     in use
     */
    public static HostAgent start(HostSettings settings) throws IOException, InterruptedException {
        StateLock lock = StateLock.take(settings.stateDirectory());
        Identity identity = Identity.load(settings.identity());
        QemuHypervisor hypervisor = new QemuHypervisor(Path.of("qemu-system-x86_64"));
        VmJournal journal = new VmJournal(settings.stateDirectory().resolve("journal"));
        Network network = new KernelNetwork();
        KeptVolumes kept =
                new KeptVolumes(settings.stateDirectory().resolve("kept"), InstantSource.system());
        Allocations allocations =
                new Allocations(
                        settings.stateDirectory().resolve("vms"),
                        journal,
                        network,
                        QemuHypervisor::killLeftover,
                        kept);
        MonitorLink monitor = new MonitorLink(settings, identity);
        HostContext host =
                new HostContext(
                        settings,
                        identity,
                        journal,
                        hypervisor,
                        network,
                        allocations,
                        BaseImages.in(settings.stateDirectory().resolve("images")),
                        monitor);
        Sides sides = new Sides(host);
        LocalVms vms = new LocalVms(host, sides);
        vms.takeUp();
        kept.start();
        HostService service = new HostService(host, sides, vms);
        LinkServer server =
                LinkServer.listen(settings.address().socketAddress(), identity, _ -> service);
        monitor.keep(
                service,
                () ->
                        new MonitorMessage.Hello(
                                settings.address(),
                                host.facts(settings.bridge()),
                                Capacity.of(settings),
                                settings.labels(),
                                host.images().all(),
                                vms.holdings()));
        LOG.info("Host {} answers on {}", settings.address().name(), settings.address());
        return new HostAgent(lock, server, monitor, kept);
    }

    /** Stops answering. VMs run on. */
    @Override
    public void close() throws IOException {
        monitor.close();
        server.close();
        kept.close();
        lock.close();
    }
}
