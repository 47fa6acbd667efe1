package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.api.Rest;
import dev.drover.block.CopySettings;
import dev.drover.block.ImagePull;
import dev.drover.block.NbdClient;
import dev.drover.block.Volumes;
import dev.drover.engine.ContentDigest;
import dev.drover.engine.HostFailure;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.TargetFigures;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.MovePlan;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The second host of the move of a VM that rests: see {@link RestingSource}. */
final class RestingTarget implements SecondSide {
    private final MoveOrder order;
    private final Rest rest;
    private final LocalVm vm;
    private final HostContext host;
    private final Errands errands = new Errands();
    private final TargetTally tally;
    private volatile boolean whole;

    RestingTarget(MoveOrder order, Rest rest, LocalVm vm, HostContext host) {
        this.order = order;
        this.rest = rest;
        this.vm = vm;
        this.host = host;
        this.tally = new TargetTally(() -> host.allocations().allocatedBytes(vm));
    }

    /** The side of a move that an earlier agent took part in, and voted for. */
    static RestingTarget restored(
            Standing.Target standing, Rest rest, LocalVm vm, HostContext host) {
        RestingTarget side = new RestingTarget(standing.order(), rest, vm, host);
        side.tally.restore(standing.figures());
        side.whole = true;
        return side;
    }

    @Override
    public MoveOrder order() {
        return order;
    }

    @Override
    public void receiveMemory(InputStream in, OutputStream out) {
        throw new HostFailure("The VM rests: no memory is to come");
    }

    @Override
    public void receiveFrames(InputStream in, OutputStream out) {
        throw new HostFailure("The VM rests: no packets are to come");
    }

    @Override
    public void instantiate(MovePlan plan) {
        errands.perform(() -> {
            Fitness.check(order, host.facts(vm.spec().nic().bridge()), host);
            host.persist(vm, standing(Standing.Stage.RECEIVING));
            Files.createDirectories(vm.allocation().directory());
            host.allocations().makeVolume(vm.spec());
            new Fetch(order, host).bootFiles(vm);
        });
    }

    @Override
    public void pull(MovePlan plan) {
        errands.perform(() -> {
            VmSpec.Format format = vm.spec().disk().format();
            Path volume = vm.allocation().volume(format);
            Path socket = vm.allocation().directory().resolve("volume.sock");
            try (VolumeServer server = VolumeServer.writable(volume, format, socket);
                    Tunnel tunnel =
                            Tunnel.open(
                                    order.source(),
                                    host.identity(),
                                    Streaming.of(order, Streaming.Kind.IMAGE));
                    NbdClient image = tunnel.mount(NbdClient.ALLOCATION)) {
                tally.pulled(
                        new ImagePull(CopySettings.IMAGE)
                                .pull(
                                        image,
                                        server.client(),
                                        done -> TargetDisk.report(order, host, done))
                                .sentBytes());
                server.client().flush();
            }
            Volumes.sync(volume);
            if (rest == Rest.ASLEEP) {
                new Fetch(order, host).savedMemory(vm);
            }
            whole = true;
        });
    }

    @Override
    public void pullRound(MovePlan plan, RoundOffer offer) {
        // Nobody has written since.
    }

    @Override
    public void pullLastRound(MovePlan plan, RoundOffer offer) {
        // Nobody has written since.
    }

    @Override
    public void vote(MovePlan plan) {
        errands.perform(() -> {
            if (!whole) {
                throw new HostFailure("The volume is not whole");
            }
            host.persist(vm, standing(Standing.Stage.VOTED));
        });
    }

    @Override
    public void resume(MovePlan plan) {
        // It rests on.
    }

    @Override
    public void deliver(MovePlan plan) {
        // No packets were held.
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return errands.run(() -> VolumeDigest.ofStopped(vm.spec(), vm.allocation()));
    }

    @Override
    public TargetFigures figures(MovePlan plan) {
        return tally.figures();
    }

    @Override
    public void settle(MovePlan plan) {
        errands.perform(() ->
                host.persist(vm, new Standing.Resting(vm.spec(), plan.committed().epoch(), rest)));
    }

    @Override
    public void discard(MovePlan plan) {
        try {
            errands.close();
            host.allocations().remove(vm);
        } catch (InterruptedException e) {
            throw new HostFailure("Discarding did not end: " + e.getMessage(), e);
        }
    }

    private Standing.Target standing(Standing.Stage stage) {
        return new Standing.Target(order, stage, tally.figures());
    }
}
