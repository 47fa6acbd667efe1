package dev.drover.cli;

import dev.drover.api.Fault;
import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveStatus;
import dev.drover.api.NotLeading;
import dev.drover.api.VmMessage;
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

/** A user's connection to the cluster monitor that leads, made anew when another one does. */
final class ClusterClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final List<InetSocketAddress> monitors;
    private final Identity identity;
    private final Namespace namespace;
    private @Nullable Peer peer;
    private int next;

    /** A connection that is made inside {@code namespace}, where the monitors can be reached. */
    ClusterClient(List<InetSocketAddress> monitors, Identity identity, Namespace namespace) {
        this.monitors = monitors;
        this.identity = identity;
        this.namespace = namespace;
    }

    /** The number, from 1, of the monitor that answered last: it leads. */
    synchronized int monitor() {
        return next + 1;
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

    /** Of these three the outcome is looked up when the answer is lost, not asked for again. */
    VmMessage.Woken wake(String vm) throws InterruptedException {
        return call(new MonitorMessage.WakeVm(vm), VmMessage.Woken.class);
    }

    void sleep(String vm) throws InterruptedException {
        call(new MonitorMessage.SleepVm(vm), Void.class);
    }

    void stop(String vm, Duration patience) throws InterruptedException {
        call(new MonitorMessage.StopVm(vm, patience.toMillis()), Void.class);
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
        return ask(message, answer, true);
    }

    private <T> T call(MonitorMessage message, Class<T> answer) throws InterruptedException {
        return ask(message, answer, false);
    }

    /** A monitor that does not lead has done nothing: the next one is asked, in any case. */
    private <T> T ask(MonitorMessage message, Class<T> answer, boolean again)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Peer asked = null;
            try {
                asked = connected();
                return asked.call(Wire.verb((Record) message), message, answer);
            } catch (LinkException e) {
                boolean nothingDone = asked == null || NotLeading.isSaidBy(e);
                boolean unknown = !(e instanceof LinkException.RemoteFailure);
                boolean mayAsk = nothingDone || (again && unknown);
                if (!mayAsk || System.nanoTime() > deadline) {
                    throw e;
                }
                turn();
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    /** To the next monitor. */
    private synchronized void turn() {
        if (peer != null) {
            peer.close();
            peer = null;
        }
        next = (next + 1) % monitors.size();
    }

    private synchronized Peer connected() throws InterruptedException {
        if (peer == null || !peer.isOpen()) {
            peer =
                    InNamespace.call(
                            namespace,
                            () ->
                                    Peer.connect(
                                            monitors.get(next),
                                            identity,
                                            Subject.monitor(),
                                            Service.refusing(),
                                            LinkLimits.USUAL));
        }
        return peer;
    }
}
