package dev.drover.cli;

import dev.drover.api.Fault;
import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveStatus;
import dev.drover.api.Wire;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.lab.InNamespace;
import dev.drover.lab.Namespace;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.State;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A user's connection to the cluster monitor, made anew when the monitor was restarted. */
final class ClusterClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final InetSocketAddress monitor;
    private final Identity identity;
    private final Namespace namespace;
    private @Nullable Peer peer;

    /** A connection that is made inside {@code namespace}, where the monitor can be reached. */
    ClusterClient(InetSocketAddress monitor, Identity identity, Namespace namespace) {
        this.monitor = monitor;
        this.identity = identity;
        this.namespace = namespace;
    }

    List<String> hosts() throws InterruptedException {
        return repeat(new MonitorMessage.AskHosts(), MonitorMessage.HostsAnswer.class)
                .hosts()
                .stream()
                .map(h -> h.name())
                .toList();
    }

    void create(VmSpec vm, String host, String imageDirectory) throws InterruptedException {
        call(new MonitorMessage.CreateVm(vm, host, imageDirectory), Void.class);
    }

    MonitorMessage.ActiveAnswer active(String vm) throws InterruptedException {
        return repeat(new MonitorMessage.AskActive(vm), MonitorMessage.ActiveAnswer.class);
    }

    String startMove(String vm, String target, Optional<Fault> fault) throws InterruptedException {
        return call(
                        new MonitorMessage.StartMove(vm, target, true, fault),
                        MonitorMessage.MoveStarted.class)
                .move();
    }

    void cancelMove(String move, String why) throws InterruptedException {
        repeat(new MonitorMessage.CancelMove(move, why), Void.class);
    }

    /** Looks at a move until it has ended; {@code looker} sees each look. */
    MoveStatus follow(String move, Looker looker) throws InterruptedException {
        while (true) {
            MoveStatus status = move(move);
            looker.look(status);
            if (status.state() instanceof State.Ended) {
                return status;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    /** Looks on while a move goes its way. */
    interface Looker {
        void look(MoveStatus status) throws InterruptedException;
    }

    private MoveStatus move(String move) throws InterruptedException {
        return repeat(new MonitorMessage.AskMove(move), MoveStatus.class);
    }

    @Override
    public synchronized void close() {
        if (peer != null) {
            peer.close();
        }
    }

    /** For what may be asked twice: goes on when the monitor is restarted in between. */
    private <T> T repeat(MonitorMessage message, Class<T> answer) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return call(message, answer);
            } catch (LinkException.RemoteFailure e) {
                throw e;
            } catch (LinkException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private <T> T call(MonitorMessage message, Class<T> answer) throws InterruptedException {
        return connected().call(Wire.verb((Record) message), message, answer);
    }

    private synchronized Peer connected() throws InterruptedException {
        if (peer == null || !peer.isOpen()) {
            peer =
                    InNamespace.call(
                            namespace,
                            () ->
                                    Peer.connect(
                                            monitor,
                                            identity,
                                            Subject.monitor(),
                                            Service.refusing(),
                                            LinkLimits.USUAL));
        }
        return peer;
    }
}
