package dev.drover.monitor;

import dev.drover.api.MonitorMessage;
import dev.drover.api.NotLeading;
import dev.drover.api.Origin;
import dev.drover.api.Wanted;
import dev.drover.api.Wire;
import dev.drover.api.link.Caller;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.Subject;
import dev.drover.engine.HostFailure;
import dev.drover.ports.VmSpec;
import dev.drover.store.StoreException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Answers agents and users: one line for each message. */
final class MonitorService implements Service {
    private final Hosts hosts;
    private final Moves moves;
    private final Vms vms;
    private final LostHosts lostHosts;
    private final Images images;

    MonitorService(Hosts hosts, Moves moves, Vms vms, LostHosts lostHosts, Images images) {
        this.hosts = hosts;
        this.moves = moves;
        this.vms = vms;
        this.lostHosts = lostHosts;
        this.images = images;
    }

    @Override
    public @Nullable Object answer(Caller caller, String verb, JsonNode body)
            throws InterruptedException {
        MonitorMessage message = Wire.monitorMessage(verb, body);
        checkRight(caller.subject(), message);
        var _ = moves.writes(); // Whoever hears no asks the other monitors.
        if (caller.subject().role() == Subject.Role.HOST) {
            hosts.refuseLost(caller.subject().name());
        }
        try {
            return answer(message, caller);
        } catch (StoreException.Unavailable e) {
            throw nothingDone(message)
                    ? new NotLeading("This monitor reaches no majority of the others any more")
                    : e;
        }
    }

    /** Whether nothing was done where the store gave no answer. */
    private static boolean nothingDone(MonitorMessage message) {
        return switch (message) {
            case MonitorMessage.CreateVm _,
                    MonitorMessage.DestroyVm _,
                    MonitorMessage.WakeVm _,
                    MonitorMessage.SleepVm _,
                    MonitorMessage.StopVm _ ->
                    false;
            case MonitorMessage _ -> true;
        };
    }

    private @Nullable Object answer(MonitorMessage message, Caller caller)
            throws InterruptedException {
        return switch (message) {
            case MonitorMessage.Hello hello ->
                    done(() -> hello(hello, caller.peer().orElseThrow()));
            case MonitorMessage.Report(String move, var progress) ->
                    done(() -> moves.known().progress(move, progress));
            case MonitorMessage.Surprise(_, String move, String why) ->
                    done(() -> moves.cancel(move, why));
            case MonitorMessage.Strike(String move, var victim) ->
                    done(() -> moves.strike(move, victim));
            case MonitorMessage.CreateVm(VmSpec vm, String host, String images) ->
                    done(() ->
                            vms.create(
                                    StoredVm.plain(vm, Wanted.RUNNING),
                                    host,
                                    new Origin.Directory(images)));
            case MonitorMessage.DestroyVm(String vm) ->
                    done(() -> vms.destroy(vm, Optional.empty()));
            case MonitorMessage.WakeVm(String vm) -> vms.wake(vm);
            case MonitorMessage.SleepVm(String vm) -> done(() -> vms.sleep(vm));
            case MonitorMessage.StopVm(String vm, long patience) ->
                    done(() -> vms.stop(vm, Duration.ofMillis(patience)));
            case MonitorMessage.AskActive(String vm) -> vms.active(vm);
            case MonitorMessage.AskHosts() -> new MonitorMessage.HostsAnswer(hosts.connected());
            case MonitorMessage.StartMove(String vm, String target, boolean verify, var fault) ->
                    new MonitorMessage.MoveStarted(moves.start(vm, target, verify, fault));
            case MonitorMessage.CancelMove(String move, String why) ->
                    done(() -> moves.cancel(move, why));
            case MonitorMessage.AskMove(String move) -> moves.known().status(move);
        };
    }

    @Override
    public void stream(
            Caller caller, String purpose, JsonNode header, InputStream in, OutputStream out) {
        throw new HostFailure("A cluster monitor takes no streams");
    }

    private void hello(MonitorMessage.Hello hello, Peer peer) {
        StoredHost host =
                new StoredHost(hello.address(), hello.facts(), hello.capacity(), hello.labels());
        lostHosts.admit(host, peer);
        var _ = moves.writes(); // The lead may have been lost before the host was in the list.
        Reconciliation reconciliation = new Reconciliation(hosts, moves, vms);
        Thread.ofVirtual()
                .name("reconciliation")
                .start(() -> hello.vms().forEach(held -> reconciliation.of(host.address(), held)));
        images.hello(
                new Hosts.Host(host, peer), Objects.requireNonNullElse(hello.images(), List.of()));
    }

    private static void checkRight(Subject caller, MonitorMessage message) {
        Subject.Role needed =
                switch (message) {
                    case MonitorMessage.Hello _,
                            MonitorMessage.Report _,
                            MonitorMessage.Surprise _,
                            MonitorMessage.Strike _ ->
                            Subject.Role.HOST;
                    case MonitorMessage.CreateVm _,
                            MonitorMessage.DestroyVm _,
                            MonitorMessage.WakeVm _,
                            MonitorMessage.SleepVm _,
                            MonitorMessage.StopVm _,
                            MonitorMessage.AskActive _,
                            MonitorMessage.AskHosts _,
                            MonitorMessage.StartMove _,
                            MonitorMessage.CancelMove _,
                            MonitorMessage.AskMove _ ->
                            Subject.Role.CLIENT;
                };
        boolean isItself =
                !(message instanceof MonitorMessage.Hello hello)
                        || hello.address().name().equals(caller.name());
        if (caller.role() != needed || !isItself) {
            throw new HostFailure(caller + " may not say " + Wire.verb((Record) message) + " here");
        }
    }

    private static @Nullable Object done(Work work) throws InterruptedException {
        work.perform();
        return null;
    }

    private interface Work {
        void perform() throws InterruptedException;
    }
}
