package dev.drover.agent;

import dev.drover.api.HostAddress;
import dev.drover.api.HostMessage;
import dev.drover.api.ImageMessage;
import dev.drover.api.ImageStream;
import dev.drover.api.MoveOrder;
import dev.drover.api.SourceMessage;
import dev.drover.api.TargetMessage;
import dev.drover.api.VmMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.Caller;
import dev.drover.api.link.Json;
import dev.drover.api.link.Service;
import dev.drover.api.tls.Subject;
import dev.drover.engine.HostFailure;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.protocol.MovePlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Answers the monitor, and the other host of a move: one line for each message. */
final class HostService implements Service {
    private final HostContext host;
    private final Sides sides;
    private final LocalVms vms;
    private final Power power;

    HostService(HostContext host, Sides sides, LocalVms vms) {
        this.host = host;
        this.sides = sides;
        this.vms = vms;
        this.power = new Power(host);
    }

    @Override
    public @Nullable Object answer(Caller caller, String verb, JsonNode body) {
        HostMessage message = Wire.hostMessage(verb, body);
        checkRight(caller.subject(), message);
        return switch (message) {
            case SourceMessage m -> source(m, m.order().plan());
            case TargetMessage m -> target(m, m.order().plan());
            case VmMessage m -> vm(m);
            case ImageMessage.DropImage(long term, String sha256) ->
                    done(() -> {
                        sides.checkTerm(term);
                        host.images().drop(sha256);
                    });
        };
    }

    @Override
    public void stream(
            Caller caller, String purpose, JsonNode header, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        if (purpose.equals(ImageStream.PURPOSE)) {
            image(caller, Json.read(header, ImageStream.class), in, out);
            return;
        }
        if (caller.subject().role() != Subject.Role.HOST || !purpose.equals(Streaming.PURPOSE)) {
            throw new HostFailure(caller.subject() + " may not open streams here");
        }
        Streaming stream = Json.read(header, Streaming.class);
        switch (stream.kind()) {
            case KERNEL, INITRD -> // Wanted before this side of the move begins.
                    new SourceStreams(vms.named(stream.vm()).allocation())
                            .serve(stream.kind(), in, out);
            case IMAGE, ROUND, SAVED_MEMORY -> {
                FirstSide side = sides.sourceOf(stream.move());
                checkOther(caller.subject(), side.order().target());
                side.streams().serve(stream.kind(), in, out);
            }
            case MEMORY -> targetFor(caller, stream).receiveMemory(in, out);
            case FRAMES -> targetFor(caller, stream).receiveFrames(in, out);
        }
    }

    private void image(Caller caller, ImageStream stream, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        Subject.Role needed =
                switch (stream) {
                    case ImageStream.Offer _ -> Subject.Role.MONITOR;
                    case ImageStream.Wish _ -> Subject.Role.HOST;
                };
        if (caller.subject().role() != needed) {
            throw new HostFailure(caller.subject() + " may not open this stream here");
        }
        switch (stream) {
            case ImageStream.Offer(long term, String sha256, long bytes) -> {
                sides.checkTerm(term);
                host.images().requireSpace(bytes);
                out.flush(); // It may come.
                out.write(Json.write(host.images().take(sha256, in)));
            }
            case ImageStream.Wish(String sha256) -> host.images().serve(sha256, out);
        }
    }

    private @Nullable Object source(SourceMessage message, MovePlan plan) {
        MoveOrder order = message.order();
        sides.checkTerm(order.term());
        return switch (message) {
            case SourceMessage.Transfer _ -> done(() -> sides.beginSource(order).transfer(plan));
            case SourceMessage.SendMemory _ -> done(() -> sides.source(order).sendMemory(plan));
            case SourceMessage.NextRound _ -> sides.source(order).nextRound(plan);
            case SourceMessage.EndRound _ -> done(() -> sides.source(order).endRound(plan));
            case SourceMessage.AwaitConverged(_, long atMostMs) ->
                    sides.source(order).awaitConverged(plan, Duration.ofMillis(atMostMs));
            case SourceMessage.HandOver _ -> sides.source(order).handOver(plan);
            case SourceMessage.RollBack(_, long epoch) -> rollBack(order, epoch);
            case SourceMessage.DigestSource _ -> sides.source(order).digest(plan);
            case SourceMessage.AskSourceFigures _ ->
                    sides.sourceIfAny(order).map(s -> s.figures(plan)).orElse(SourceFigures.NONE);
            case SourceMessage.Release _ ->
                    done(() -> {
                        Optional<LocalVm> vm = sides.vm(plan.vm());
                        sides.toRelease(order).ifPresent(s -> s.release(plan));
                        vm.filter(v -> v.standing() instanceof Standing.Leaving)
                                .ifPresent(sides::forget);
                        sides.end(order);
                    });
        };
    }

    private SourceFigures rollBack(MoveOrder order, long epoch) {
        SourceFigures figures =
                sides.toRollBack(order, epoch)
                        .map(side -> side.rollBack(order.plan(), epoch))
                        .orElse(SourceFigures.NONE);
        sides.end(order);
        return figures;
    }

    private @Nullable Object target(TargetMessage message, MovePlan plan) {
        MoveOrder order = message.order();
        sides.checkTerm(order.term());
        return switch (message) {
            case TargetMessage.Instantiate _ ->
                    done(() -> sides.beginTarget(order).instantiate(plan));
            case TargetMessage.Pull _ -> done(() -> sides.target(order).pull(plan));
            case TargetMessage.PullRound(_, var offer) ->
                    done(() -> sides.target(order).pullRound(plan, offer));
            case TargetMessage.PullLastRound(_, var offer) ->
                    done(() -> sides.target(order).pullLastRound(plan, offer));
            case TargetMessage.Vote _ -> done(() -> sides.target(order).vote(plan));
            case TargetMessage.Resume _ -> done(() -> sides.resume(order));
            case TargetMessage.Deliver _ -> done(() -> sides.target(order).deliver(plan));
            case TargetMessage.DigestTarget _ -> sides.target(order).digest(plan);
            case TargetMessage.AskTargetFigures _ ->
                    sides.toEnd(order).map(s -> s.figures(plan)).orElse(TargetFigures.NONE);
            case TargetMessage.Settle _ ->
                    done(() -> {
                        sides.toEnd(order).ifPresent(s -> s.settle(plan));
                        sides.end(order);
                    });
            case TargetMessage.Discard _ ->
                    done(() -> {
                        Optional<LocalVm> vm = sides.vm(plan.vm());
                        sides.toEnd(order).ifPresent(s -> s.discard(plan));
                        vm.filter(v -> v.standing() instanceof Standing.Leaving)
                                .ifPresent(sides::forget);
                        sides.end(order);
                    });
        };
    }

    private @Nullable Object vm(VmMessage message) {
        return switch (message) {
            case VmMessage.Fit(var spec, var origin) -> vms.fit(spec, origin);
            case VmMessage.Have(String vm) -> sides.vm(vm).isPresent();
            case VmMessage.Create(long term, var spec, long epoch, var origin) ->
                    done(() -> {
                        sides.checkTerm(term);
                        vms.create(spec, epoch, origin);
                    });
            case VmMessage.Destroy(long term, String vm, var keep) ->
                    done(() -> {
                        sides.checkTerm(term);
                        vms.destroy(vm, keep);
                    });
            case VmMessage.AskKept() -> new VmMessage.KeptAnswer(host.allocations().kept().all());
            case VmMessage.RemoveKept(long term, String id) ->
                    done(() -> {
                        sides.checkTerm(term);
                        host.allocations().kept().remove(id);
                    });
            case VmMessage.Wake(long term, String vm, long epoch) -> {
                sides.checkTerm(term);
                yield power.wake(vms.named(vm), epoch);
            }
            case VmMessage.Sleep(long term, String vm, long epoch) ->
                    done(() -> {
                        sides.checkTerm(term);
                        power.sleep(vms.named(vm), epoch);
                    });
            case VmMessage.Stop(long term, String vm, long epoch, long patience) ->
                    done(() -> {
                        sides.checkTerm(term);
                        power.stop(vms.named(vm), epoch, Duration.ofMillis(patience));
                    });
            case VmMessage.Die _ -> done(() -> Runtime.getRuntime().halt(137));
            case VmMessage.KillQemu(String vm) ->
                    done(() ->
                            ProcessHandle.of(vms.named(vm).guest().pid())
                                    .ifPresent(ProcessHandle::destroyForcibly));
        };
    }

    private SecondSide targetFor(Caller caller, Streaming stream) {
        SecondSide side = sides.targetOf(stream.move());
        checkOther(caller.subject(), side.order().source());
        return side;
    }

    /** Streams of a move are for its two hosts only. */
    private static void checkOther(Subject caller, HostAddress other) {
        if (!caller.equals(Subject.host(other.name()))) {
            throw new HostFailure(caller + " has no part in this move");
        }
    }

    /** The other host of a move may say only that the last round is ready. */
    private void checkRight(Subject caller, HostMessage message) {
        boolean allowed =
                switch (message) {
                    case TargetMessage.PullLastRound(MoveOrder order, _) ->
                            caller.equals(
                                    Subject.host(sides.target(order).order().source().name()));
                    case VmMessage.Die _, VmMessage.KillQemu _ ->
                            host.settings().faults() && caller.role() == Subject.Role.MONITOR;
                    case SourceMessage _, TargetMessage _, VmMessage _, ImageMessage _ ->
                            caller.role() == Subject.Role.MONITOR;
                };
        if (!allowed) {
            throw new HostFailure(caller + " may not say " + Wire.verb((Record) message) + " here");
        }
    }

    private static @Nullable Object done(Runnable work) {
        work.run();
        return null;
    }
}
