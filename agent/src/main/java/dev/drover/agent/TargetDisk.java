package dev.drover.agent;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.api.Progress;
import dev.drover.block.CopySettings;
import dev.drover.block.ImagePull;
import dev.drover.block.NbdClient;
import dev.drover.block.Outcome;
import dev.drover.block.PullProgress;
import dev.drover.block.RoundPull;
import dev.drover.engine.HostFailure;
import dev.drover.engine.RoundOffer;
import dev.drover.ports.Disk;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The disk on the second host, from its emptiness to the last round. One caller at a time, but for
 * {@link #awaitWhole}.
 */
final class TargetDisk {
    private static final int REHEARSED_BLOCKS = 8;

    private final MoveOrder order;
    private final Disk disk;
    private final HostContext host;
    private final TargetTally tally;
    private final NbdClient volume;
    private final RoundPull rounds;
    private final CompletableFuture<Void> whole = new CompletableFuture<>();
    private @Nullable Tunnel lastRound;

    TargetDisk(MoveOrder order, Disk disk, HostContext host, TargetTally tally) throws IOException {
        this.order = order;
        this.disk = disk;
        this.host = host;
        this.tally = tally;
        Disk.Export writable = disk.openForWriting();
        this.volume = NbdClient.connect(writable.socket(), writable.name());
        this.rounds = new RoundPull(volume, CopySettings.ROUND);
    }

    /** The whole image; and the way for the last round is opened, so that it costs no time then. */
    void pull() throws IOException, InterruptedException {
        try (Tunnel tunnel = open(Streaming.Kind.IMAGE);
                NbdClient image = tunnel.mount(NbdClient.ALLOCATION)) {
            tally.pulled(
                    new ImagePull(CopySettings.IMAGE)
                            .pull(image, volume, this::report)
                            .sentBytes());
            rounds.rehearse(image, REHEARSED_BLOCKS);
        }
        lastRound = open(Streaming.Kind.LAST_ROUND);
    }

    void pullRound(RoundOffer offer) throws IOException, InterruptedException {
        if (offer.dirtyBytes() == 0) {
            tally.round(0);
            return;
        }
        try (Tunnel tunnel = open(Streaming.Kind.ROUND)) {
            copy(tunnel, offer);
        }
    }

    void pullLastRound(RoundOffer offer) throws IOException, InterruptedException {
        if (lastRound == null) {
            throw new HostFailure("The image was never pulled");
        }
        if (offer.dirtyBytes() > 0) {
            copy(lastRound, offer);
        } else {
            tally.round(0);
        }
        volume.close();
        disk.closeForWriting();
        whole.complete(null);
    }

    void awaitWhole() throws InterruptedException, ExecutionException {
        whole.get();
    }

    void close() throws IOException {
        volume.close();
        if (lastRound != null) {
            lastRound.close();
        }
    }

    private void copy(Tunnel tunnel, RoundOffer offer) throws IOException, InterruptedException {
        try (NbdClient round = tunnel.mount(offer.bitmap())) {
            Outcome outcome = rounds.pull(round, offer.bitmap());
            long counted = outcome.countedBytes(Disk.GRANULARITY_BYTES);
            if (counted != offer.dirtyBytes()) {
                throw new HostFailure(
                        "Round "
                                + offer.number()
                                + " has "
                                + offer.dirtyBytes()
                                + " bytes on the source, but "
                                + counted
                                + " arrived");
            }
            tally.round(outcome.sentBytes());
        }
    }

    private Tunnel open(Streaming.Kind kind) {
        return Tunnel.open(order.source(), host.identity(), Streaming.of(order, kind));
    }

    private void report(PullProgress progress) {
        host.monitor()
                .tell(
                        new MonitorMessage.Report(
                                order.plan().id(),
                                new Progress.DiskProgress(
                                        progress.doneBytes(),
                                        progress.totalBytes(),
                                        progress.bytesPerSecond())));
    }
}
