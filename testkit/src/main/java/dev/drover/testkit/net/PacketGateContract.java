package dev.drover.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What every {@link PacketGate} must do. */
public abstract class PacketGateContract {
    private static final String PEER = "52:54:00:d0:0e:02";
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SOON = Duration.ofMillis(200);

    /** A new gate with what is around it. */
    protected abstract GateBench bench();

    @Test
    void anOpenGateChangesNothing() {
        try (GateBench bench = bench()) {
            arrive(bench, 1, 3);
            awaitReceived(bench, 3);
            assertThat(bench.received()).containsExactly(1L, 2L, 3L);
            assertThat(bench.gate().counters()).isEqualTo(new PacketGate.Counters(0, 0, 0, 0, 0));
        }
    }

    @Test
    void whatIsHeldIsTakenInOrderAndTheVmGetsNone() {
        try (GateBench bench = bench()) {
            bench.gate().hold(LONG);
            bench.gate().hold(LONG);
            arrive(bench, 1, 100);
            for (long number = 1; number <= 100; number++) {
                assertThat(number(bench.gate().take(LONG))).isEqualTo(number);
            }
            assertThat(bench.gate().take(Duration.ofMillis(1))).isEmpty();
            assertThat(bench.received()).isEmpty();
            assertThat(bench.gate().counters().held()).isEqualTo(100);
            assertThat(bench.gate().counters().taken()).isEqualTo(100);
        }
    }

    @Test
    void openDeliversWhatIsHeldBeforeWhatComes() {
        try (GateBench bench = bench()) {
            bench.gate().hold(LONG);
            arrive(bench, 1, 100);
            assertThat(bench.gate().open(LONG)).isEqualTo(100);
            arrive(bench, 101, 200);
            awaitReceived(bench, 200);
            assertThat(bench.received()).isEqualTo(numbers(1, 200));
            assertThat(bench.gate().counters())
                    .isEqualTo(new PacketGate.Counters(100, 100, 100, 0, 0));
        }
    }

    @Test
    void injectedFramesComeAheadOfHeldOnes() {
        try (GateBench bench = bench()) {
            bench.gate().hold(LONG);
            bench.gate().keep();
            arrive(bench, 11, 20);
            for (long number = 1; number <= 10; number++) {
                assertThat(bench.gate().inject(frame(number), LONG)).isTrue();
            }
            assertThat(bench.gate().open(LONG)).isEqualTo(10);
            awaitReceived(bench, 20);
            assertThat(bench.received()).isEqualTo(numbers(1, 20));
        }
    }

    @Test
    void whatWasTakenAndGivenBackComesFirst() {
        try (GateBench bench = bench()) {
            bench.gate().hold(LONG);
            arrive(bench, 1, 5);
            List<Frame> back =
                    numbers(1, 5).stream().map(_ -> bench.gate().take(LONG).orElseThrow()).toList();
            arrive(bench, 6, 10);
            back.forEach(frame -> assertThat(bench.gate().inject(frame, LONG)).isTrue());
            assertThat(bench.gate().open(LONG)).isEqualTo(5);
            awaitReceived(bench, 10);
            assertThat(bench.received()).isEqualTo(numbers(1, 10));
        }
    }

    @Test
    void drainEndsWhenTheVmHasTakenEverything() {
        try (GateBench bench = bench()) {
            bench.vmReads(false);
            arrive(bench, 1, 10);
            bench.gate().hold(LONG);
            assertThat(bench.gate().drain(Duration.ofMillis(20))).isFalse();
            bench.vmReads(true);
            assertThat(bench.gate().drain(LONG)).isTrue();
            awaitReceived(bench, 10);
            assertThat(bench.received()).isEqualTo(numbers(1, 10));
        }
    }

    @Test
    void whatTheVmNeverTookIsTakenAwayAndCounted() {
        try (GateBench bench = bench()) {
            bench.vmReads(false);
            arrive(bench, 1, 10);
            bench.gate().hold(LONG);
            arrive(bench, 11, 12);
            assertThat(bench.gate().discardUntaken()).isEqualTo(10);
            assertThat(bench.gate().discardUntaken()).isZero();
            assertThat(bench.gate().drain(LONG)).isTrue();
            assertThat(number(bench.gate().take(LONG))).isEqualTo(11);
        }
    }

    @Test
    void afterTheLeaseFramesPass() {
        try (GateBench bench = bench()) {
            bench.gate().hold(Duration.ofMillis(500));
            arrive(bench, 1, 1);
            assertThat(bench.gate().leaseExpired()).isFalse();
            long[] next = {1};
            until(() -> {
                arrive(bench, ++next[0], next[0]);
                return !bench.received().isEmpty();
            });
            assertThat(bench.gate().leaseExpired()).isTrue();
            assertThat(number(bench.gate().take(LONG))).isEqualTo(1);
            long delivered = bench.gate().open(LONG);
            awaitReceived(bench, (int) next[0] - 1);
            assertThat(bench.gate().counters().held()).isEqualTo(delivered + 1);
        }
    }

    @Test
    void aKeptHoldOutlivesItsLease() {
        try (GateBench bench = bench()) {
            long start = System.nanoTime();
            bench.gate().hold(Duration.ofMillis(100));
            bench.gate().keep();
            until(() -> System.nanoTime() - start > 120_000_000);
            arrive(bench, 1, 3);
            assertThat(bench.gate().leaseExpired()).isFalse();
            assertThat(number(bench.gate().take(LONG))).isEqualTo(1);
            assertThat(bench.received()).isEmpty();
        }
    }

    @Test
    void aLeaseMustBePositive() {
        try (GateBench bench = bench()) {
            assertThatThrownBy(() -> bench.gate().hold(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aGateHoldsAgainAfterItOpened() {
        try (GateBench bench = bench()) {
            for (int round = 0; round < 5; round++) {
                bench.gate().hold(LONG);
                arrive(bench, 10 * round + 1, 10 * round + 5);
                assertThat(bench.gate().open(LONG)).isEqualTo(5);
                arrive(bench, 10 * round + 6, 10 * round + 10);
            }
            awaitReceived(bench, 50);
            assertThat(bench.received()).isEqualTo(numbers(1, 50));
        }
    }

    @Test
    void shutOutputDropsWhatTheVmSends() {
        try (GateBench bench = bench()) {
            bench.emit(outgoing(1));
            until(() -> bench.sent().contains(1L));
            bench.gate().shutOutput();
            bench.emit(outgoing(2));
            bench.gate().openOutput();
            bench.emit(outgoing(3));
            until(() -> bench.sent().contains(3L));
            assertThat(bench.sent()).containsExactly(1L, 3L);
        }
    }

    @Test
    void aTargetLeavesOutGroupFramesWhileItHolds() {
        try (GateBench bench = bench()) {
            bench.dropGroup(true);
            bench.gate().hold(LONG);
            bench.arrive(NumberedFrame.of(NumberedFrame.BROADCAST, PEER, 1));
            bench.arrive(frame(2));
            assertThat(bench.gate().open(LONG)).isEqualTo(1);
            bench.arrive(NumberedFrame.of(NumberedFrame.BROADCAST, PEER, 3));
            awaitReceived(bench, 2);
            assertThat(bench.received()).containsExactly(2L, 3L);
            assertThat(bench.gate().counters().groupDropped()).isEqualTo(1);
        }
    }

    @Test
    void aSourceHandsOutGroupFrames() {
        try (GateBench bench = bench()) {
            bench.gate().hold(LONG);
            bench.arrive(NumberedFrame.of(NumberedFrame.BROADCAST, PEER, 1));
            Optional<Frame> taken = bench.gate().take(LONG);
            assertThat(number(taken)).isEqualTo(1);
            assertThat(taken).get().matches(Frame::isGroup);
        }
    }

    @Test
    void anAnnouncementReachesTheNetwork() {
        try (GateBench bench = bench()) {
            bench.gate().announce(GateBench.MAC);
            until(bench::sawAnnouncement);
            assertThat(bench.gate().awaitAnnouncement(GateBench.MAC, Duration.ofMillis(50)))
                    .as("its own is not from elsewhere")
                    .isFalse();
        }
    }

    @Test
    void anAnnouncementFromElsewhereIsSeen() {
        try (GateBench bench = bench()) {
            bench.gate().hold(LONG);
            bench.announceElsewhere();
            assertThat(bench.gate().awaitAnnouncement(GateBench.MAC, LONG)).isTrue();
            assertThat(bench.gate().awaitAnnouncement(PEER, Duration.ofMillis(1))).isFalse();
        }
    }

    @Test
    void aPinnedAddressStaysThoughItIsAnnouncedElsewhere() {
        try (GateBench bench = bench()) {
            bench.gate().pin(GateBench.MAC);
            bench.gate().pin(GateBench.MAC);
            bench.gate().hold(LONG);
            bench.announceElsewhere();
            assertThat(bench.gate().awaitAnnouncement(GateBench.MAC, LONG)).isTrue();
            bench.comeLate(frame(1));
            assertThat(takeNumbered(bench)).isEqualTo(1);
        }
    }

    @Test
    void whatWasHeardOfAPinnedAddressTaughtTheBridgeNothing() {
        try (GateBench bench = bench()) {
            bench.gate().pin(GateBench.MAC);
            bench.gate().hold(LONG);
            bench.announceElsewhere();
            assertThat(bench.gate().awaitAnnouncement(GateBench.MAC, LONG)).isTrue();
            bench.gate().unpin();
            assertThat(bench.gate().awaitAnnouncement(GateBench.MAC, Duration.ofMillis(1)))
                    .isFalse();
            bench.announceElsewhere();
            assertThat(bench.gate().awaitAnnouncement(GateBench.MAC, LONG)).isTrue();
        }
    }

    @Test
    void anUnpinnedAddressGoesWhereItIsAnnounced() {
        try (GateBench bench = bench()) {
            bench.gate().pin(GateBench.MAC);
            bench.gate().unpin();
            bench.gate().unpin();
            bench.gate().hold(LONG);
            arrive(bench, 1, 1);
            bench.announceElsewhere();
            assertThat(bench.gate().awaitAnnouncement(GateBench.MAC, LONG)).isTrue();
            bench.comeLate(frame(2));
            bench.comeLate(NumberedFrame.of(NumberedFrame.BROADCAST, PEER, 3));
            assertThat(takeNumbered(bench)).isEqualTo(1);
            assertThat(takeNumbered(bench)).isEqualTo(3);
        }
    }

    @Test
    void aVmThatDoesNotReadStopsTheInjection() {
        try (GateBench bench = bench()) {
            bench.vmReads(false);
            long accepted = 0;
            while (bench.gate().inject(frame(accepted + 1), Duration.ofMillis(5))) {
                accepted++;
            }
            bench.vmReads(true);
            assertThat(bench.gate().inject(frame(accepted + 1), LONG)).isTrue();
            awaitReceived(bench, (int) accepted + 1);
            assertThat(bench.received()).isEqualTo(numbers(1, accepted + 1));
            assertThat(bench.gate().counters().injected()).isEqualTo(accepted + 1);
        }
    }

    @Test
    void openEndsInTimeWhenTheVmDoesNotRead() {
        try (GateBench bench = bench()) {
            bench.vmReads(false);
            bench.gate().hold(LONG);
            arrive(bench, 1, 3);
            while (bench.gate().inject(frame(0), Duration.ofMillis(5))) {
                // until there is no room left
            }
            assertThat(bench.gate().open(SOON)).isZero();
            assertThat(bench.gate().counters().dropped())
                    .as(bench.gate().counters()::toString)
                    .isEqualTo(3);
        }
    }

    @Test
    void aClosedGateLetsFramesThrough() {
        try (GateBench bench = bench()) {
            bench.gate().hold(LONG);
            bench.gate().keep();
            bench.gate().close();
            arrive(bench, 1, 3);
            awaitReceived(bench, 3);
            bench.gate().close();
        }
    }

    /** The next that is no announcement. */
    private static long takeNumbered(GateBench bench) {
        OptionalLong number = NumberedFrame.number(bench.gate().take(LONG).orElseThrow());
        while (number.isEmpty()) {
            number = NumberedFrame.number(bench.gate().take(LONG).orElseThrow());
        }
        return number.getAsLong();
    }

    private static Frame frame(long number) {
        return NumberedFrame.of(GateBench.MAC, PEER, number);
    }

    private static Frame outgoing(long number) {
        return NumberedFrame.of(PEER, GateBench.MAC, number);
    }

    private static void arrive(GateBench bench, long first, long last) {
        numbers(first, last).forEach(number -> bench.arrive(frame(number)));
    }

    private static List<Long> numbers(long first, long last) {
        return java.util.stream.LongStream.rangeClosed(first, last).boxed().toList();
    }

    private static long number(Optional<Frame> frame) {
        return NumberedFrame.number(frame.orElseThrow()).orElseThrow();
    }

    private static void awaitReceived(GateBench bench, int count) {
        until(() -> bench.received().size() >= count);
    }

    /** Waits for the condition itself, 1 min at most. */
    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            LockSupport.parkNanos(200_000);
        }
    }
}
