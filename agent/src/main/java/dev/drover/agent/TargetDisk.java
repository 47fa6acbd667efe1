package dev.drover.agent;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.api.Progress;
import dev.drover.block.CopySettings;
import dev.drover.block.ImagePull;
import dev.drover.block.NbdClient;
import dev.drover.block.NbdHandshake;
import dev.drover.block.Outcome;
import dev.drover.block.PullProgress;
import dev.drover.block.RoundPull;
import dev.drover.engine.HostFailure;
import dev.drover.engine.RoundOffer;
import dev.drover.ports.Disk;
import java.io.IOException;
import java.util.Objects;
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
    private @Nullable WayOfRound way;

    /** A connection to the source that has come so far that the next round costs little time. */
    private record WayOfRound(NbdHandshake handshake, long sinceNanos) {
        /** QEMU 9.1 and later end those that have not chosen an export after 10 s. */
        private static final long FRESH_NANOS = 5_000_000_000L;

        boolean isFresh() {
            return System.nanoTime() - sinceNanos < FRESH_NANOS;
        }
    }

    TargetDisk(MoveOrder order, Disk disk, HostContext host, TargetTally tally) throws IOException {
        this.order = order;
        this.disk = disk;
        this.host = host;
        this.tally = tally;
        Disk.Export writable = disk.openForWriting();
        this.volume = NbdClient.connect(writable.socket(), writable.name());
        this.rounds = new RoundPull(volume, CopySettings.ROUND);
    }

    /** The whole image. */
    void pull() throws IOException, InterruptedException {
        try (Tunnel tunnel = open(Streaming.Kind.IMAGE);
                NbdClient image = tunnel.mount(NbdClient.ALLOCATION)) {
            tally.pulled(
                    new ImagePull(CopySettings.IMAGE)
                            .pull(image, volume, this::report)
                            .sentBytes());
            rounds.rehearse(image, REHEARSED_BLOCKS);
        }
        prepareWay();
    }

    void pullRound(RoundOffer offer) throws IOException, InterruptedException {
        copy(offer);
        prepareWay();
    }

    void pullLastRound(RoundOffer offer) throws IOException, InterruptedException {
        copy(offer);
        volume.close();
        disk.closeForWriting();
        whole.complete(null);
    }

    void awaitWhole() throws InterruptedException, ExecutionException {
        whole.get();
    }

    void close() throws IOException {
        volume.close();
        closeWay();
    }

    private void copy(RoundOffer offer) throws IOException, InterruptedException {
        if (offer.dirtyBytes() == 0) {
            tally.round(0);
            return;
        }
        Outcome outcome = rounds.pull(takeWay(), offer.export(), offer.bitmap());
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

    /** Belongs to the caller from now on. */
    private NbdHandshake takeWay() throws IOException {
        prepareWay();
        NbdHandshake taken = Objects.requireNonNull(way).handshake();
        way = null;
        return taken;
    }

    private void prepareWay() throws IOException {
        if (way == null || !way.isFresh()) {
            closeWay();
            way = new WayOfRound(open(Streaming.Kind.ROUND).greet(), System.nanoTime());
        }
    }

    private void closeWay() throws IOException {
        if (way != null) {
            way.handshake().close();
            way = null;
        }
    }

    private Tunnel open(Streaming.Kind kind) {
        return Tunnel.open(order.source(), host.identity(), Streaming.of(order, kind));
    }

    private void report(PullProgress progress) {
        report(order, host, progress);
    }

    /** Tells the monitor how far the image of a move is. */
    static void report(MoveOrder order, HostContext host, PullProgress progress) {
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
