package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.api.link.Streams;
import dev.drover.engine.HostFailure;
import dev.drover.ports.PacketGate;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first host's gate, and the way of held packets to the second host. */
final class PacketPath {
    /** What is known of packets where there was no gate. */
    static final Figures NOTHING = new Figures(0, 0, 0);

    private static final Logger LOG = LoggerFactory.getLogger(PacketPath.class);

    /** From a switch's port into the tap; more than a millisecond takes a host that is starved. */
    private static final Duration ON_ITS_WAY = Duration.ofMillis(5);

    /** The target announces every 5 ms. */
    private static final Duration REPEATED = Duration.ofMillis(100);

    private final PacketGate gate;
    private final Streams stream;
    private final FrameSender sender;
    private volatile long notGivenBack;
    private boolean givenBack;

    /** Counts of frames, as {@link dev.drover.engine.SourceFigures} has them. */
    record Figures(long held, long sent, long lost) {}

    private PacketPath(PacketGate gate, Streams stream) {
        this.gate = gate;
        this.stream = stream;
        this.sender = new FrameSender(gate, stream.out(), stream.in(), stream::close);
    }

    /** An open gate, and a stream to the target. */
    static PacketPath open(MoveOrder order, LocalVm vm, HostContext host) {
        Streams stream =
                Tunnel.open(
                                order.target(),
                                host.identity(),
                                Streaming.of(order, Streaming.Kind.FRAMES))
                        .streams();
        try {
            PacketGate gate =
                    host.network()
                            .gate(
                                    vm.allocation().tap(),
                                    vm.guest().pid(),
                                    vm.spec().nic().bridge(),
                                    false);
            return pinned(gate, vm.spec().nic().mac(), stream);
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private static PacketPath pinned(PacketGate gate, String mac, Streams stream) {
        try {
            gate.pin(mac);
            return new PacketPath(gate, stream);
        } catch (RuntimeException e) {
            gate.close();
            throw e;
        }
    }

    PacketGate gate() {
        return gate;
    }

    /** Throws {@link HostFailure} when held packets cannot reach the target any more. */
    void check() {
        sender.check();
    }

    /**
     * The network has heard where the VM is now. What it sent here before that gets here first;
     * then this host's own bridge learns by the next announcement, and only then the last packets
     * are on their way.
     */
    void announced(String mac) {
        LockSupport.parkNanos(ON_ITS_WAY.toNanos());
        unpin();
        if (!gate.awaitAnnouncement(mac, REPEATED)) {
            LOG.debug("No second announcement: the VM's next frame will teach the bridge");
        }
        sender.announced();
    }

    /** Where it fails, the frames matter more. */
    private void unpin() {
        try {
            gate.unpin();
        } catch (RuntimeException e) {
            LOG.warn("The VM's address stays pinned to its tap here", e);
        }
    }

    /** The guest runs on here: it gets every packet that it did not get there. Idempotent. */
    synchronized void giveBack() throws InterruptedException {
        if (!givenBack) {
            unpin();
            notGivenBack = sender.giveBack();
            gate.open(FrameReceiver.PATIENCE);
            givenBack = true;
        }
    }

    void stop() throws InterruptedException {
        sender.stop();
    }

    void close() {
        gate.close();
        stream.close();
    }

    Figures figures() {
        PacketGate.Counters counters = gate.counters();
        return new Figures(
                counters.held(),
                sender.sent(),
                counters.dropped() + notGivenBack + sender.cutOff());
    }
}
