package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the memory flows while the guest runs.
 *
 * <p>QEMU collects the dirty pages at the end of each round. Are they fewer than it could send
 * within its downtime limit, it stops the guest by itself; that must never happen. It is prevented
 * by not reading the stream: QEMU stands still in the middle of a round. So the end of a round is
 * permitted only when enough pages have become dirty meanwhile, and otherwise the stream is held
 * before it:
 *
 * <pre>
 *   round 1     every page, the last of them slowly, so that QEMU takes a handful of pages for more
 *               than it could send; held before its end for SINGLE_PASS, and for a guest that
 *               executes next to nothing
 *   round 2..   as fast as it goes; then the next, when the rate at which pages became dirty says
 *               that QEMU will find plenty; so on while little is left, and held when that is asked
 * </pre>
 */
final class PrecopyControl {
    private static final Logger LOG = LoggerFactory.getLogger(PrecopyControl.class);

    /** Pages before the end of a round that QEMU cannot pass unread, however short they are. */
    private static final long MARGIN_PAGES =
            MemoryChannel.UNREAD_BYTES / RamStream.SHORTEST_PAGE_BYTES + 1;

    /**
     * The part of the first round that goes slowly: QEMU measures its rate about every 100 ms, but
     * not while it is blocked in a write of 32 KiB (QEMUFile's buffer), which is 3641 zero pages.
     */
    private static final long SLOW_PAGES = 9000;

    private static final long SLOW_STEP_PAGES = 128;
    private static final Duration SLOW_TIME = Duration.ofMillis(400);
    private static final long SLOW_BYTES_PER_MILLI = 32_000;

    /** A guest that executed for less than this during the first round may have written nothing. */
    private static final Duration ALIVE = Duration.ofMillis(20);

    /** Little enough for the pause. */
    private static final long SMALL_PAGES = 256;

    /** While so little is left the rounds go on after convergence: it would grow else. */
    private static final long KEPT_SMALL_PAGES = 4 * SMALL_PAGES;

    /** Rounds that are tried even when the second left little. */
    private static final int WANTED_SYNCS = 4;

    private static final int MOST_SYNCS = 16;

    /** A round that leaves more than this of the least so far does not get anywhere. */
    private static final double NOT_SMALLER = 0.85;

    private static final int MOST_IN_VAIN = 2;

    /** How much more than needed must have become dirty by estimate. */
    private static final int SURETY = 3;

    private static final long SURE_PAGES = 16;

    /** How long to wait for pages to become dirty before a round is let through. */
    private static final Duration PATIENCE = Duration.ofMillis(150);

    /** How many pages QEMU may write before it counts them. */
    private static final int MOST_UNCOUNTED = 4;

    /** A round of so few pages may fit into the socket unread, and QEMU goes on at once then. */
    private static final int UNSURE_PAGES = 64;

    private static final String LAST_STAGE = "pre-switchover";
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration A_ROUND = Duration.ofMinutes(30);

    private final QmpConnection qmp;
    private final MemoryChannel channel;
    private final MigrationWatch watch;
    private final VcpuTime vcpus;
    private final CountDownLatch converged;
    private final CountDownLatch holdAsked;

    /**
     * For one migration.
     *
     * @param converged is told that what is left will not get smaller
     * @param holdAsked tells that the stream is to be held wherever it is
     */
    PrecopyControl(
            QmpConnection qmp,
            MemoryChannel channel,
            MigrationWatch watch,
            VcpuTime vcpus,
            CountDownLatch converged,
            CountDownLatch holdAsked) {
        this.qmp = qmp;
        this.channel = channel;
        this.watch = watch;
        this.vcpus = vcpus;
        this.converged = converged;
        this.holdAsked = holdAsked;
    }

    /**
     * Lets the memory flow until the rest is to flow in the pause; held on return.
     *
     * @throws HypervisorException when the migration failed
     */
    void run(MemoryMode mode) throws InterruptedException {
        Duration before = vcpus.executed();
        long began = System.nanoTime();
        firstRound();
        boolean alive = vcpus.executed().minus(before).compareTo(ALIVE) >= 0;
        MigrationState state = settled();
        if (mode == MemoryMode.SINGLE_PASS
                || !alive
                || holding()
                || state.bytesPerMilli() > 2 * SLOW_BYTES_PER_MILLI) {
            LOG.debug("Held in the first round, alive {}: {}", alive, state);
            return;
        }
        laterRounds(new Round(pass(state), System.nanoTime() - began));
    }

    /** Everything but the margin. */
    private void firstRound() throws InterruptedException {
        awaitHeld();
        long end = settled().endOfRound() - MARGIN_PAGES;
        channel.permit(end - SLOW_PAGES);
        awaitHeld();
        while (channel.pages() < end && !holding()) {
            slowStep(end);
        }
    }

    /** Each step takes its time: one that comes late must not be made up for, by haste. */
    private void slowStep(long end) throws InterruptedException {
        long began = System.nanoTime();
        long pages = channel.pages();
        long bytes = channel.bytes();
        channel.permit(Math.min(end, pages + SLOW_STEP_PAGES));
        awaitHeld();
        long dueByPages = SLOW_TIME.toNanos() * (channel.pages() - pages) / SLOW_PAGES;
        long dueByBytes = (channel.bytes() - bytes) * 1_000_000 / SLOW_BYTES_PER_MILLI;
        sleepUntil(began + Math.max(dueByPages, dueByBytes));
    }

    /** Lets the round end; held at the first page of the next one. */
    private MigrationState pass(MigrationState state) throws InterruptedException {
        for (int uncounted = 0; uncounted < MOST_UNCOUNTED; uncounted++) {
            channel.permit(state.endOfRound() + uncounted);
            awaitHeld();
            MigrationState next = settled();
            if (next.remainingPages() <= UNSURE_PAGES
                    && watch.awaitAny(Set.of(LAST_STAGE), LOOK_AGAIN)) {
                throw wentOnByItself();
            }
            if (next.dirtySyncs() > state.dirtySyncs()) {
                LOG.debug("Round {}: {} pages to send", next.dirtySyncs(), next.remainingPages());
                return next;
            }
        }
        throw new HypervisorException("QEMU's pages do not add up; its stream is not understood");
    }

    /** A round that has begun, held at its first page, and how long the one before took. */
    private record Round(MigrationState begun, long nanosBefore) {
        long pages() {
            return begun.remainingPages();
        }
    }

    private void laterRounds(Round second) throws InterruptedException {
        Optional<Round> now = Optional.of(second);
        long least = Long.MAX_VALUE;
        int inVain = 0;
        while (now.isPresent() && !enough(now.get().begun()) && inVain < MOST_IN_VAIN) {
            least = Math.min(least, now.get().pages());
            now = next(now.get());
            long left = now.map(Round::pages).orElse(0L);
            inVain = (double) left > (double) least * NOT_SMALLER ? inVain + 1 : 0;
        }
        converged.countDown();
        while (now.isPresent() && !holding() && now.get().pages() <= KEPT_SMALL_PAGES) {
            now = next(now.get());
        }
    }

    /** Sends a round; empty when it is held before its end, for too little has become dirty. */
    private Optional<Round> next(Round now) throws InterruptedException {
        long began = System.nanoTime();
        long beganBytes = channel.bytes();
        double pagesPerNano = (double) now.pages() / (double) now.nanosBefore();
        channel.permit(now.begun().endOfRound() - MARGIN_PAGES);
        awaitHeld();
        MigrationState end = settled();
        double fastest =
                Math.max(
                        (double) end.bytesPerMilli(),
                        1e6
                                * (double) (channel.bytes() - beganBytes)
                                / (double) (System.nanoTime() - began));
        return awaitDirty(pagesPerNano, began, fastest)
                ? Optional.of(new Round(pass(end), System.nanoTime() - began))
                : Optional.empty();
    }

    private boolean enough(MigrationState now) {
        return holding()
                || now.dirtySyncs() >= MOST_SYNCS
                || (now.dirtySyncs() >= WANTED_SYNCS && now.remainingPages() <= SMALL_PAGES);
    }

    private boolean holding() {
        return holdAsked.getCount() == 0;
    }

    /**
     * Waits until so many pages are dirty, by the rate of the last round, that QEMU cannot take
     * them for few.
     *
     * @return false when that would take too long
     */
    private boolean awaitDirty(double pagesPerNano, long since, double bytesPerMilli)
            throws InterruptedException {
        double needed = SURETY * (SURE_PAGES + bytesPerMilli / RamStream.PAGE_BYTES);
        double nanos = needed / pagesPerNano;
        if (nanos - (System.nanoTime() - since) > PATIENCE.toNanos()) {
            return false;
        }
        long left = since + (long) nanos - System.nanoTime();
        return !holdAsked.await(left, TimeUnit.NANOSECONDS);
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        long left = nanoTime - System.nanoTime();
        if (left > 0) {
            Thread.sleep(Duration.ofNanos(left));
        }
    }

    private void awaitHeld() throws InterruptedException {
        long deadline = System.nanoTime() + A_ROUND.toNanos();
        while (!channel.awaitHeld(LOOK_AGAIN)) {
            watch.check();
            if (watch.status().equals(LAST_STAGE)) {
                throw wentOnByItself();
            }
            if (System.nanoTime() > deadline) {
                throw new HypervisorException(
                        "A round of memory took more than " + A_ROUND.toMinutes() + " minutes");
            }
        }
        watch.check();
    }

    private static HypervisorException wentOnByItself() {
        return new HypervisorException(
                "QEMU went to its last stage by itself, the guest having written next to nothing;"
                        + " the next try will hold it before");
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
