package dev.drover.agent;

import dev.drover.api.HostFacts;
import dev.drover.api.MoveOrder;
import dev.drover.block.CheckedStream;
import dev.drover.block.CompressedStream;
import dev.drover.block.Volumes;
import dev.drover.engine.ContentDigest;
import dev.drover.engine.GuestNeverRan;
import dev.drover.engine.HostFailure;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.TargetFigures;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.PacketGate;
import dev.drover.protocol.MovePlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second host of the move of a running VM: performs what the engines ask, in the order of the
 * methods. Decides nothing. Calls come one at a time, but for {@link #vote}, which waits for the
 * others, and {@link #discard}, which ends them.
 */
final class TargetSide implements SecondSide {
    private static final Logger LOG = LoggerFactory.getLogger(TargetSide.class);

    private static final Duration HOLD = Duration.ofSeconds(1);
    private static final Duration ANNOUNCE_EVERY = Duration.ofMillis(5);
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final MoveOrder order;
    private final LocalVm vm;
    private final HostContext host;
    private final Errands errands = new Errands();
    private final CompletableFuture<IncomingMemory> memory = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final TargetTally tally;
    private @Nullable TargetDisk disk;
    private @Nullable PacketGate gate;
    private @Nullable FrameReceiver frames;
    private Optional<Disk.Export> view = Optional.empty();

    TargetSide(MoveOrder order, LocalVm vm, HostContext host) {
        this.order = order;
        this.vm = vm;
        this.host = host;
        this.tally = new TargetTally(() -> host.allocations().allocatedBytes(vm));
    }

    /** The side of a move that an earlier agent took part in, and voted for. */
    static TargetSide restored(Standing.Target standing, LocalVm vm, HostContext host) {
        TargetSide side = new TargetSide(standing.order(), vm, host);
        side.tally.restore(standing.figures());
        try {
            side.restoreGate(standing.stage());
        } catch (RuntimeException e) {
            // One VM's trouble must not keep the agent from its others.
            LOG.warn("The gate of VM {} could not be restored", vm.spec().name(), e);
        }
        return side;
    }

    private void restoreGate(Standing.Stage stage) {
        if (vm.state() == Guest.State.GONE) {
            return;
        }
        switch (stage) {
            case VOTED -> {
                holdPackets();
                frames().noneWillCome();
            }
            case RESUMING -> openGate(); // It may run: nothing is held from it.
            case RECEIVING -> {}
        }
    }

    /** Everything but the memory is made here; nothing when the VM does not fit. */
    void instantiate(HostFacts facts) {
        errands.perform(() -> {
            Fitness.check(order, facts, host);
            host.persist(vm, standing(Standing.Stage.RECEIVING));
            host.allocations().make(vm.spec());
            host.allocations().makeVolume(vm.spec());
            new Fetch(order, host).bootFiles(vm);
            vm.guest(host.hypervisor().prepare(vm.spec(), vm.allocation()));
            vm.guest().onSurprise(this::surprised);
            holdPackets();
            disk = new TargetDisk(order, vm.guest().disk(), host, tally);
        });
    }

    @Override
    public void instantiate(MovePlan plan) {
        instantiate(host.facts(vm.spec().nic().bridge()));
    }

    @Override
    public void pull(MovePlan plan) {
        errands.perform(() -> disk().pull());
    }

    @Override
    public void pullRound(MovePlan plan, RoundOffer offer) {
        errands.perform(() -> disk().pullRound(offer));
    }

    @Override
    public void pullLastRound(MovePlan plan, RoundOffer offer) {
        errands.perform(() -> {
            disk().pullLastRound(offer);
            Volumes.sync(vm.allocation().volume(vm.spec().disk().format()));
        });
    }

    @Override
    public MoveOrder order() {
        return order;
    }

    @Override
    public void receiveMemory(InputStream in, OutputStream out) {
        errands.perform(() -> {
            CompressedStream compressed =
                    new CompressedStream(in, out, in, CompressedStream.LEVEL_FAST);
            CheckedStream stream = CheckedStream.over(compressed.input(), compressed.output());
            memory.complete(vm.guest().receiveMemory(stream.input(), stream.output()));
            over.get();
        });
    }

    @Override
    public void receiveFrames(InputStream in, OutputStream out) {
        frames().receive(in, out);
    }

    @Override
    public void vote(MovePlan plan) {
        errands.perform(() -> {
            if (stands(Standing.Stage.VOTED) || stands(Standing.Stage.RESUMING)) {
                return;
            }
            disk().awaitWhole();
            memory.get().awaitLoaded(STUCK);
            if (plan.verify()) {
                view = Optional.of(vm.guest().disk().commitView());
            }
            host.persist(vm, standing(Standing.Stage.VOTED));
        });
    }

    @Override
    public void resume(MovePlan plan) {
        errands.perform(() -> {
            if (stands(Standing.Stage.RECEIVING)) {
                throw new HostFailure("This host has not voted: the guest is not whole here");
            }
            Guest.State state = vm.state();
            if (state == Guest.State.GONE) {
                bootAnewUnlessItNeverRan();
                return;
            }
            if (!mayRun()) {
                return; // It is settled: this call is late.
            }
            if (state != Guest.State.RUNNING && state != Guest.State.ENDED) {
                if (gate != null) {
                    gate.openOutput(); // First: what the guest says in its first moment counts.
                }
                tally.resumed(vm.guest().resume());
            }
            if (gate != null) {
                gate.announce(vm.spec().nic().mac());
            }
            if (frames != null) {
                frames.begin();
            }
        });
    }

    @Override
    public void deliver(MovePlan plan) {
        errands.perform(() -> {
            mustHaveResumed();
            if (vm.state() == Guest.State.GONE) {
                bootAnew();
            }
            if (frames != null) {
                // Again and again: one may get lost, and the source's bridge learns by a later one.
                do {
                    Objects.requireNonNull(gate).announce(vm.spec().nic().mac());
                } while (!frames.awaitDelivered(ANNOUNCE_EVERY));
                tally.delivered(frames);
            }
        });
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return errands.run(() ->
                VolumeDigest.of(
                        view.orElseThrow(() ->
                                new HostFailure(
                                        "The agent was restarted: the view of the"
                                                + " commit is lost"))));
    }

    @Override
    public TargetFigures figures(MovePlan plan) {
        return tally.figures();
    }

    @Override
    public void settle(MovePlan plan) {
        errands.perform(() -> {
            mustHaveResumed();
            if (vm.state() == Guest.State.GONE) {
                bootAnew();
            } else {
                vm.guest().disk().dropCommitView();
            }
            end();
            stand(
                    new Standing.Running(
                            vm.spec(), plan.committed().epoch(), Optional.of(plan.id())));
        });
    }

    private synchronized void stand(Standing standing) {
        host.persist(vm, standing);
    }

    /** Journals that the guest may run; false when the move is over here. */
    private synchronized boolean mayRun() {
        if (stands(Standing.Stage.VOTED)) {
            stand(standing(Standing.Stage.RESUMING));
        }
        return stands(Standing.Stage.RESUMING);
    }

    @Override
    public void discard(MovePlan plan) {
        try {
            over.cancel(true);
            errands.close();
            end();
            host.allocations().remove(vm);
        } catch (InterruptedException | IOException e) {
            throw new HostFailure("Discarding did not end: " + e.getMessage(), e);
        }
    }

    private void bootAnewUnlessItNeverRan() throws InterruptedException {
        if (!(vm.standing() instanceof Standing.Target)) {
            return; // It is settled: whoever wants it to run boots it.
        }
        host.allocations().kill(vm);
        if (!stands(Standing.Stage.RESUMING)) {
            throw new GuestNeverRan(
                    "QEMU died on " + order.target().name() + " before the guest ever ran there");
        }
        bootAnew();
    }

    private void bootAnew() throws InterruptedException {
        endPackets();
        host.bootAnew(vm);
        tally.bootedAnew();
    }

    private void holdPackets() {
        PacketGate made = openGate();
        made.hold(HOLD);
        made.keep();
        made.shutOutput();
        frames = new FrameReceiver(made);
    }

    private PacketGate openGate() {
        PacketGate made =
                host.network()
                        .gate(
                                vm.allocation().tap(),
                                vm.guest().pid(),
                                vm.spec().nic().bridge(),
                                true);
        gate = made;
        return made;
    }

    private void surprised(Guest.Surprise surprise) {
        host.monitor()
                .tell(
                        new dev.drover.api.MonitorMessage.Surprise(
                                vm.spec().name(), order.plan().id(), surprise.why()));
    }

    private void end() throws IOException, InterruptedException {
        over.complete(null);
        endPackets();
        if (disk != null) {
            disk.close();
        }
    }

    private void endPackets() throws InterruptedException {
        if (frames != null) {
            frames.close();
            tally.delivered(frames);
            frames = null;
        }
        if (gate != null) {
            gate.close();
            gate = null;
        }
    }

    /** Whoever boots a guest anew must be the one that the record named. */
    private void mustHaveResumed() {
        if (!stands(Standing.Stage.RESUMING)) {
            throw new HostFailure("The guest was not resumed here");
        }
    }

    private boolean stands(Standing.Stage stage) {
        return vm.standing() instanceof Standing.Target(_, Standing.Stage now, _) && now == stage;
    }

    private Standing.Target standing(Standing.Stage stage) {
        return new Standing.Target(order, stage, tally.figures());
    }

    private TargetDisk disk() {
        if (disk == null) {
            throw new HostFailure("The agent was restarted: what it had received is lost");
        }
        return disk;
    }

    private FrameReceiver frames() {
        if (frames == null) {
            throw new HostFailure("The agent was restarted: the packets it held are lost");
        }
        return frames;
    }
}
