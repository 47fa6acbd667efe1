package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.api.Rest;
import dev.drover.engine.ContentDigest;
import dev.drover.engine.HostFailure;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.SourceFigures;
import dev.drover.ports.Disk;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first host of the move of a VM that rests. By the protocol of a running one: the volume is
 * its own snapshot, every differential update is empty, and nothing has to be stopped. What it
 * sleeps on is a file that the target takes beside the image.
 */
final class RestingSource implements FirstSide {
    private final MoveOrder order;
    private final Rest rest;
    private final LocalVm vm;
    private final HostContext host;
    private final Errands errands = new Errands();
    private final SourceStreams streams;
    private @Nullable VolumeServer volume;

    RestingSource(MoveOrder order, Rest rest, LocalVm vm, HostContext host) {
        this.order = order;
        this.rest = rest;
        this.vm = vm;
        this.host = host;
        this.streams = new SourceStreams(vm.allocation());
    }

    @Override
    public MoveOrder order() {
        return order;
    }

    @Override
    public SourceStreams streams() {
        return streams;
    }

    @Override
    public void transfer(MovePlan plan) {
        errands.perform(() -> {
            host.persist(vm, new Standing.Source(order, Optional.empty()));
            end();
            VmSpec.Format format = vm.spec().disk().format();
            volume = VolumeServer.readOnly(vm.allocation().volume(format), format, socket());
            streams.offer(new Disk.Export(socket(), "", Optional.empty()));
        });
    }

    @Override
    public void sendMemory(MovePlan plan) {
        // The target has fetched the file that it sleeps on.
    }

    @Override
    public RoundOffer nextRound(MovePlan plan) {
        return new RoundOffer(0, 0, "", "");
    }

    @Override
    public void endRound(MovePlan plan) {
        // Nothing was offered.
    }

    @Override
    public boolean awaitConverged(MovePlan plan, Duration atMost) {
        return true;
    }

    @Override
    public State.PauseEnd handOver(MovePlan plan) {
        return errands.run(() -> {
            host.persist(vm, new Standing.Source(order, Optional.of(measure())));
            return new State.PauseEnd.Voted();
        });
    }

    @Override
    public synchronized SourceFigures rollBack(MovePlan plan, long epoch) {
        return ended(() -> {
            SourceFigures figures = measure();
            host.persist(vm, new Standing.Resting(vm.spec(), epoch, rest));
            return figures;
        });
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return errands.run(() -> VolumeDigest.ofStopped(vm.spec(), vm.allocation()));
    }

    @Override
    public SourceFigures figures(MovePlan plan) {
        return vm.standing() instanceof Standing.Source(_, var voted)
                ? voted.orElseGet(this::measure)
                : measure();
    }

    @Override
    public synchronized void release(MovePlan plan) {
        ended(() -> {
            host.allocations().remove(vm);
            return SourceFigures.NONE;
        });
    }

    private interface Last {
        SourceFigures perform() throws IOException;
    }

    private SourceFigures ended(Last last) {
        try {
            errands.close();
            streams.close();
            end();
            return last.perform();
        } catch (InterruptedException | IOException e) {
            throw new HostFailure("The move's end on the source failed: " + e.getMessage(), e);
        }
    }

    private void end() throws IOException {
        if (volume != null) {
            volume.close();
            volume = null;
        }
        Files.deleteIfExists(socket()); // An earlier agent's.
    }

    private Path socket() {
        return vm.allocation().directory().resolve("volume.sock");
    }

    private SourceFigures measure() {
        return new SourceFigures(
                0,
                0,
                false,
                List.of(),
                true,
                0,
                0,
                0,
                host.allocations().allocatedBytes(vm),
                vm.spec().memoryBytes(),
                savedBytes(),
                rest == Rest.ASLEEP ? "saved" : "none",
                Optional.empty(),
                0);
    }

    private long savedBytes() {
        try {
            return rest == Rest.ASLEEP ? Files.size(vm.memoryFile().path()) : 0;
        } catch (IOException _) {
            return 0; // Only a figure: without the file the target could not have voted.
        }
    }
}
