package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole moves between two real QEMUs, by the calls of the ports in the engine's order. */
class MoveIT {
    private static final int ENOUGH_ROUNDS = 4;

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

    @ParameterizedTest
    @EnumSource(VmSpec.Format.class)
    void theGuestRunsOnElsewhereWithAllItsMemoryAndDisk(VmSpec.Format format) throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(format), LoadGuest.LIGHT);
        two.copyDisk();
        two.converge(MemoryMode.PRECOPY);
        assertThat(two.outgoing().progress().dirtySyncs()).isGreaterThanOrEqualTo(ENOUGH_ROUNDS);
        two.stop();
        two.lastRound();
        two.complete();
        assertThat(two.source().state()).isEqualTo(Guest.State.SENT);
        assertThat(two.target().state()).isEqualTo(Guest.State.PAUSED);
        assertThat(two.target().neverRan()).isTrue();
        two.assertSameMemory(temp);
        Disk.Export view = two.target().disk().commitView();
        two.source().kill();
        two.target().resume();
        assertThat(two.target().state()).isEqualTo(Guest.State.RUNNING);
        assertThat(viewOf(view)).isEqualTo(two.sourceContent());
        two.target().disk().dropCommitView();
    }

    private static String viewOf(Disk.Export view) throws Exception {
        return TestHost.digest(TestHost.uri(view), VmSpec.Format.RAW);
    }

    @Test
    void aGuestOfAnOrdinarySizeMovesInASinglePass() throws Exception {
        VmSpec ordinary = host.spec(VmSpec.Format.RAW, 64 << 20);
        TwoGuests two = new TwoGuests(host, ordinary, LoadGuest.LIGHT);
        two.copyDisk();
        two.converge(MemoryMode.SINGLE_PASS);
        assertThat(two.outgoing().progress().dirtySyncs()).isEqualTo(1);
        two.source().stop();
        assertThat(two.outgoing().progress().dirtySyncs()).isEqualTo(1);
        two.outgoing().release();
        two.lastRound();
        two.complete();
        two.assertSameMemory(temp);
    }

    @Test
    void liveRoundsAreRefusedWhereTheyWouldDamageTheGuest() throws Exception {
        VmSpec ordinary = host.spec(VmSpec.Format.RAW, 64 << 20);
        if (host.hypervisor().safeMemoryBytes(ordinary.memoryBytes()) == ordinary.memoryBytes()) {
            return; // Not on this QEMU.
        }
        TwoGuests two = new TwoGuests(host, ordinary, LoadGuest.LIGHT);
        assertThatThrownBy(() -> two.link().send(two.source(), MemoryMode.PRECOPY))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("single pass");
    }

    @Test
    void aGuestThatExecutesNothingIsHeldAllTheSame() throws Exception {
        VmSpec spec = host.spec(VmSpec.Format.RAW);
        Allocation here = host.allocate(spec);
        LoadGuest.installHalted(here.volume(VmSpec.Format.RAW));
        QemuGuest halted = (QemuGuest) host.owned(host.hypervisor().boot(spec, here));
        TwoGuests two = new TwoGuests(host, spec, here, halted);
        two.awaitSource("info registers", "(?s).*HLT=1.*");
        two.converge(MemoryMode.PRECOPY);
        assertThat(two.outgoing().progress().dirtySyncs()).isEqualTo(1);
        assertHeld(two);
        two.stop();
        two.complete();
        two.assertSameMemory(temp);
    }

    @Test
    void aGuestThatSpinsWithoutWritingMovesAtTheSecondTryAtTheLatest() throws Exception {
        VmSpec spec = host.spec(VmSpec.Format.RAW);
        Allocation here = host.allocate(spec);
        LoadGuest.installSpinning(here.volume(VmSpec.Format.RAW));
        QemuGuest spinning = (QemuGuest) host.owned(host.hypervisor().boot(spec, here));
        TwoGuests first = new TwoGuests(host, spec, here, spinning);
        first.awaitSource("info registers", "(?s).*EIP=00007c01.*");
        CompletableFuture<Guest.Surprise> surprise = new CompletableFuture<>();
        spinning.onSurprise(surprise::complete);
        first.beginMemory(MemoryMode.PRECOPY);
        try {
            first.outgoing().awaitConverged(TwoGuests.SOON);
            first.outgoing().hold();
            assertHeld(first); // QEMU measured a rate at which nothing is not little enough.
        } catch (HypervisorException e) {
            assertThat(e).hasStackTraceContaining("by itself");
            assertThat(surprise.get(20, TimeUnit.SECONDS).why()).contains("unasked");
        }
        first.outgoing().cancel();
        assertThat(spinning.state()).isEqualTo(Guest.State.RUNNING);
        TwoGuests second = new TwoGuests(host, first);
        second.converge(MemoryMode.PRECOPY);
        assertThat(second.outgoing().mode())
                .isEqualTo(surprise.isDone() ? MemoryMode.SINGLE_PASS : MemoryMode.PRECOPY);
        assertHeld(second);
        second.stop();
        second.complete();
        second.assertSameMemory(temp);
    }

    @Test
    void aHeldStreamStaysHeld() throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.RAW), LoadGuest.LIGHT);
        two.converge(MemoryMode.PRECOPY);
        assertHeld(two);
    }

    @Test
    void whoCannotWaitGetsTheStreamHeldWhereItIs() throws Exception {
        TwoGuests two = new TwoGuests(host, host.spec(VmSpec.Format.RAW), LoadGuest.LIGHT);
        two.beginMemory(MemoryMode.PRECOPY);
        two.outgoing().awaitConverged(Duration.ofMillis(1));
        two.outgoing().hold();
        assertHeld(two);
    }

    /** QEMU does not move, and the guest runs. */
    private static void assertHeld(TwoGuests two) throws Exception {
        OutgoingMemory.Progress before = two.outgoing().progress();
        Stays.equal(before, () -> two.outgoing().progress());
        assertThat(two.source().state()).isEqualTo(Guest.State.RUNNING);
        assertThat(two.outgoing().progress().remainingBytes()).isNotNegative();
    }
}
