package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the memory flows while the guest runs.
 *
 * <p>QEMU collects the dirty pages at the end of each round. Are they fewer than it could send in
 * its downtime limit, it stops the guest by itself; that must never happen. It is prevented by not
 * reading the stream: QEMU stands still in the middle of a round. So the end of a round is
 * permitted only when enough pages have certainly become dirty meanwhile, and otherwise the stream
 * is held before it:
 *
 * <pre>
 *   round 1      every page; held before its end for SINGLE_PASS and for a guest that executes nothing;
 *                else the end is let through slowly, so that QEMU takes a single page for too much
 *   round 2..    as fast as it goes; then the next, when the rate at which pages became dirty says
 *                that QEMU will find plenty; held at its first page when little is left
 * </pre>
 */
final class PrecopyControl {
    private static final Logger LOG = LoggerFactory.getLogger(PrecopyControl.class);

    /** Pages before the end of a round that QEMU cannot pass unread, however short they are. */
    private static final long MARGIN_PAGES =
            MemoryChannel.UNREAD_BYTES / RamStream.SHORTEST_PAGE_BYTES + 1;

    /** QEMU looks at the clock every 64 pages (ram.c, MAX_WAIT), and at its rate every 100 ms. */
    private static final int SLICE_PAGES = 72;

    private static final Duration SLICE_TIME = Duration.ofMillis(120);
    private static final int SLICES = 4;

    /** Little enough for the pause. */
    private static final long SMALL_PAGES = 256;

    /** Rounds that are tried even when the second left little. */
    private static final int WANTED_SYNCS = 4;

    private static final int MOST_SYNCS = 16;

    /** A round that leaves more than this of the one before does not get anywhere. */
    private static final double NOT_SMALLER = 0.85;

    /** How much more than needed must have become dirty by estimate. */
    private static final int SURETY = 3;

    private static final long SURE_PAGES = 16;

    /** How long to wait for pages to become dirty before a round is let through. */
    private static final Duration PATIENCE = Duration.ofMillis(150);

    /** A guest that executed for less than this during the first round may have written nothing. */
    private static final Duration ALIVE = Duration.ofMillis(5);

    private static final Duration A_ROUND = Duration.ofMinutes(30);

    private final QmpConnection qmp;
    private final MemoryChannel channel;
    private final MigrationWatch watch;
    private final BooleanSupplier holdNow;
    private final VcpuTime vcpus;

    PrecopyControl(
            QmpConnection qmp,
            MemoryChannel channel,
            MigrationWatch watch,
            VcpuTime vcpus,
            BooleanSupplier holdNow) {
        this.qmp = qmp;
        this.channel = channel;
        this.watch = watch;
        this.vcpus = vcpus;
        this.holdNow = holdNow;
    }

    /** Lets the memory flow until what is left is to flow in the pause; held on return. */
    void run(MemoryMode mode) throws InterruptedException {
        Duration before = vcpus.executed();
        long began = System.nanoTime();
        MigrationState first = firstRound();
        boolean alive = vcpus.executed().minus(before).compareTo(ALIVE) >= 0;
        if (mode == MemoryMode.SINGLE_PASS || !alive || holdNow.getAsBoolean() || !slow(first)) {
            return;
        }
        laterRounds(pass(first), System.nanoTime() - began);
    }

    /** Everything but the margin and what {@link #slow} needs. */
    private MigrationState firstRound() throws InterruptedException {
        awaitHeld();
        MigrationState start = settled();
        channel.permit(start.endOfRound() - MARGIN_PAGES - (long) SLICES * SLICE_PAGES);
        awaitHeld();
        return settled();
    }

    /**
     * Lets so little flow that QEMU takes its stream for slow: what it can send within its downtime
     * limit is less than one page then.
     */
    private boolean slow(MigrationState state) throws InterruptedException {
        for (int i = 0; i < SLICES; i++) {
            if (holdNow.getAsBoolean()) {
                return false;
            }
            Thread.sleep(SLICE_TIME);
            channel.permit(channel.pages() + SLICE_PAGES);
            awaitHeld();
            if (i > 0 && settled().bytesPerMilli() < RamStream.PAGE_BYTES) {
                return true;
            }
        }
        LOG.info("Held in the first round: QEMU still counts {} B/ms", state.bytesPerMilli());
        return false;
    }

    /** Lets the round end; held at the first page of the next one. */
    private MigrationState pass(MigrationState state) throws InterruptedException {
        channel.permit(state.endOfRound());
        awaitHeld();
        MigrationState next = settled();
        LOG.debug("Round {}: {} pages to send", next.dirtySyncs(), next.remainingPages());
        return next;
    }

    private void laterRounds(MigrationState first, long nanosOfFirst) throws InterruptedException {
        MigrationState now = first;
        long nanos = nanosOfFirst;
        long before = Long.MAX_VALUE;
        while (!enough(now, before)) {
            long began = System.nanoTime();
            double pagesPerNano = (double) now.remainingPages() / nanos;
            before = now.remainingPages();
            channel.permit(now.endOfRound() - MARGIN_PAGES);
            awaitHeld();
            MigrationState end = settled();
            if (!awaitDirty(pagesPerNano, began, end.bytesPerMilli())) {
                return;
            }
            now = pass(end);
            nanos = System.nanoTime() - began;
        }
    }

    private boolean enough(MigrationState now, long before) {
        if (holdNow.getAsBoolean() || now.dirtySyncs() >= MOST_SYNCS) {
            return true;
        }
        return now.dirtySyncs() >= WANTED_SYNCS
                && (now.remainingPages() <= SMALL_PAGES
                        || now.remainingPages() > before * NOT_SMALLER);
    }

    /**
     * Waits until so many pages are dirty, by the rate of the last round, that QEMU cannot take
     * them for few.
     *
     * @return false when that would take too long
     */
    private boolean awaitDirty(double pagesPerNano, long since, long bytesPerMilli)
            throws InterruptedException {
        double needed = SURETY * (SURE_PAGES + (double) bytesPerMilli / RamStream.PAGE_BYTES);
        double nanos = needed / pagesPerNano - (System.nanoTime() - since);
        if (nanos > PATIENCE.toNanos()) {
            return false;
        }
        if (nanos > 0) {
            Thread.sleep(Duration.ofNanos((long) nanos));
        }
        return !holdNow.getAsBoolean();
    }

    private void awaitHeld() throws InterruptedException {
        if (!channel.awaitHeld(A_ROUND)) {
            throw new HypervisorException(
                    "A round of memory took more than " + A_ROUND.toMinutes() + " minutes");
        }
        if (watch.failure() != null || watch.over()) {
            throw new HypervisorException("The memory could not be moved", watch.failure());
        }
    }

    /** The state when QEMU stands still: its figures change no more. */
    private MigrationState settled() {
        MigrationState last = MigrationState.query(qmp);
        while (true) {
            MigrationState now = MigrationState.query(qmp);
            if (now.sentPages() == last.sentPages()
                    && now.remainingBytes() == last.remainingBytes()) {
                return now;
            }
            last = now;
        }
    }
}
