package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the whole hand-over rests on: a guest that we stopped ourselves is never resumed by QEMU,
 * whenever the target dies or the move is cancelled; and QEMU can be used for another move then.
 */
class FailedMoveIT {
    /** How far a move gets. */
    enum Point {
        MEMORY_UNDER_WAY,
        CONVERGED,
        STOPPED,
        LAST_STAGE,
        COMPLETING,
        COMPLETED
    }

    @TempDir Path temp;
    private TestHost host;

    @BeforeEach
    void open() throws Exception {
        host = new TestHost();
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private static void go(TwoGuests two, Point to) throws Exception {
        two.copyDisk();
        two.beginMemory(MemoryMode.PRECOPY);
        if (to == Point.MEMORY_UNDER_WAY) {
            return;
        }
        two.outgoing().awaitConverged(TwoGuests.SOON);
        two.outgoing().hold();
        if (to == Point.CONVERGED) {
            return;
        }
        two.source().stop();
        if (to == Point.STOPPED) {
            return;
        }
        two.outgoing().release();
        two.lastRound();
        two.outgoing().awaitLastStage(TwoGuests.SOON);
        if (to == Point.LAST_STAGE) {
            return;
        }
        if (to == Point.COMPLETING) {
            two.source()
                    .qmp()
                    .execute("migrate-continue", java.util.Map.of("state", "pre-switchover"));
            return;
        }
        two.source().disk().endTracking();
        two.outgoing().complete(TwoGuests.SOON);
    }

    private static Guest.State stateOfSource(Point point) {
        return point.compareTo(Point.STOPPED) < 0 ? Guest.State.RUNNING : Guest.State.PAUSED;
    }

    @ParameterizedTest
    @EnumSource(names = "COMPLETED", mode = EnumSource.Mode.EXCLUDE)
    void aCancelledMoveLeavesTheGuestAsItIsAndAnotherSucceeds(Point point) throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.QCOW2), LoadGuest.LIGHT);
        go(two, point);
        two.outgoing().cancel();
        two.link().cut();
        two.target().kill();
        two.source().disk().endTracking();
        if (point != Point.COMPLETING) {
            assertThat(two.source().state()).isEqualTo(stateOfSource(point));
        }
        two.source().resume();
        moveWhole(new TwoGuests(host, two));
    }

    private void moveWhole(TwoGuests again) throws Exception {
        again.copyDisk();
        again.converge(MemoryMode.PRECOPY);
        again.stop();
        again.lastRound();
        again.complete();
        again.assertSameMemory(temp);
        again.target().resume();
        assertThat(again.target().state()).isEqualTo(Guest.State.RUNNING);
    }

    @ParameterizedTest
    @EnumSource(Point.class)
    void theDeathOfTheTargetNeverResumesAGuestThatWeStopped(Point point) throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.RAW), LoadGuest.LIGHT);
        go(two, point);
        long ranUntil = two.source().stop();
        two.target().kill();
        two.link().cut();
        Stays.equal(false, () -> two.source().state() == Guest.State.RUNNING);
        assertThat(two.source().stop()).as("never resumed meanwhile").isEqualTo(ranUntil);
        assertThat(two.source().state()).isIn(statesOfStopped(point));
        two.outgoing().cancel();
        assertThat(two.source().stop()).as("nor by the cancellation").isEqualTo(ranUntil);
        two.source().disk().endTracking();
        two.source().resume();
        assertThat(two.source().state()).isEqualTo(Guest.State.RUNNING);
    }

    /** QEMU may be through with its last stage before its target is killed. */
    private static Set<Guest.State> statesOfStopped(Point point) {
        return switch (point) {
            case COMPLETED -> Set.of(Guest.State.SENT);
            case COMPLETING -> Set.of(Guest.State.SENT, Guest.State.PAUSED);
            case MEMORY_UNDER_WAY, CONVERGED, STOPPED, LAST_STAGE -> Set.of(Guest.State.PAUSED);
        };
    }

    @Test
    void aSnapshotThatIsStillThereFailsTheLastStageAndIsNamed() throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.QCOW2), LoadGuest.LIGHT);
        go(two, Point.CONVERGED);
        two.source().disk().snapshot();
        two.stop();
        two.outgoing().awaitLastStage(TwoGuests.SOON);
        assertThatThrownBy(() -> two.outgoing().complete(TwoGuests.SOON))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("bdrv_inactivate_all");
        two.outgoing().cancel();
        assertThat(two.source().state()).isEqualTo(Guest.State.PAUSED);
        two.source().disk().endTracking();
        two.source().resume();
        assertThat(two.source().state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    void theLastRoundMayStillBeOfferedWhenQemuCompletes() throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.QCOW2), LoadGuest.LIGHT);
        go(two, Point.CONVERGED);
        two.stop();
        two.source().disk().lastRound();
        two.outgoing().awaitLastStage(TwoGuests.SOON);
        two.outgoing().complete(TwoGuests.SOON);
        two.incoming().awaitLoaded(TwoGuests.SOON);
        two.source().disk().endTracking();
        assertThat(two.source().state()).isEqualTo(Guest.State.SENT);
    }

    @Test
    void whoWaitsForADeadTargetIsToldAtOnce() throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.RAW), LoadGuest.LIGHT);
        go(two, Point.LAST_STAGE);
        two.target().kill();
        two.link().cut();
        long began = System.nanoTime();
        assertThatThrownBy(() -> two.outgoing().complete(Duration.ofMinutes(5)))
                .isInstanceOf(HypervisorException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        two.outgoing().cancel();
        assertThat(two.source().state()).isEqualTo(Guest.State.PAUSED);
    }

    @Test
    void aTargetWhoseStreamBreaksSaysSo() throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.RAW), LoadGuest.LIGHT);
        go(two, Point.CONVERGED);
        two.link().cut();
        assertThatThrownBy(() -> two.incoming().awaitLoaded(TwoGuests.SOON))
                .isInstanceOf(HypervisorException.class);
        awaitFailureOf(two.outgoing());
        two.outgoing().cancel();
        assertThat(two.source().state()).isEqualTo(Guest.State.RUNNING);
    }

    /** Each end notices for itself that the stream has broken; the memory had converged before. */
    private static void awaitFailureOf(OutgoingMemory memory) {
        long deadline = System.nanoTime() + TwoGuests.SOON.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                memory.awaitConverged(TwoGuests.SOON);
            } catch (HypervisorException _) {
                return;
            }
        }
        throw new AssertionError("The source noticed nothing");
    }
}
