package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.GuestContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** QEMU keeps to the contract; and what only a process can show. */
class QemuGuestIT extends GuestContract {
    private static final int SIGKILL = 9;

    private TestHost host;

    @BeforeEach
    void open() throws IOException {
        host = new TestHost();
    }

    @AfterEach
    void close() throws IOException {
        host.close();
    }

    @Override
    protected QemuHypervisor hypervisor() {
        return host.hypervisor();
    }

    @Override
    protected VmSpec spec() {
        return host.spec(VmSpec.Format.RAW);
    }

    @Override
    protected Allocation allocate() throws IOException {
        return host.allocate(spec(), LoadGuest.LIGHT);
    }

    @Override
    protected void endFromOutside(Guest guest) {
        try {
            int pidfd = Posix.pidfd(guest.pid());
            Posix.signal(pidfd, SIGKILL);
            Posix.close(pidfd);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theProcessHasASessionOfItsOwnAndIsKnownByItsPidFile() throws IOException {
        Allocation allocation = allocate();
        Guest guest = host.owned(hypervisor().boot(spec(), allocation));
        assertThat(Files.readString(allocation.directory().resolve(QemuProcess.PID_FILE)).strip())
                .isEqualTo(Long.toString(guest.pid()));
        String stat = Files.readString(Path.of("/proc/" + guest.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        assertThat(fields[3]).as("session").isEqualTo(Long.toString(guest.pid()));
    }

    @Test
    void aProcessIsFoundWithoutItsPidFile() throws IOException {
        Allocation allocation = allocate();
        Guest guest = host.owned(hypervisor().boot(spec(), allocation));
        guest.close();
        Files.delete(allocation.directory().resolve(QemuProcess.PID_FILE));
        Guest again = host.owned(hypervisor().adopt(spec(), allocation).orElseThrow());
        assertThat(again.pid()).isEqualTo(guest.pid());
    }

    @Test
    void anotherProcessOfThatIdIsNotAdoptedNorKilled() throws IOException {
        Allocation allocation = allocate();
        long self = ProcessHandle.current().pid();
        Files.writeString(
                allocation.directory().resolve(QemuProcess.PID_FILE), Long.toString(self));
        assertThat(hypervisor().adopt(spec(), allocation)).isEmpty();
        QemuHypervisor.killLeftover(allocation.directory());
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    @Test
    void aLeftoverIsKilledFrozenOrNotAndLeavesNothing() throws IOException {
        Allocation allocation = allocate();
        Guest guest = host.owned(hypervisor().boot(spec(), allocation));
        Path group = Freezer.of(allocation.directory()).path();
        guest.freeze();
        guest.close();
        assertThat(group).exists();
        QemuHypervisor.killLeftover(allocation.directory());
        QemuHypervisor.killLeftover(allocation.directory());
        assertThat(hypervisor().adopt(spec(), allocation)).isEmpty();
        assertThat(group).doesNotExist();
        assertThat(allocation.directory().resolve(QemuProcess.MONITOR)).doesNotExist();
    }

    @Test
    void ofAGuestThatDiedFrozenNothingIsLeftToFreezeTheNext() throws IOException {
        Allocation allocation = allocate();
        Guest guest = host.owned(hypervisor().boot(spec(), allocation));
        guest.freeze();
        endFromOutside(guest);
        ProcessHandle.of(guest.pid()).ifPresent(QemuGuestIT::awaitEnd);
        guest.close();
        QemuHypervisor.killLeftover(allocation.directory());
        assertThat(Freezer.of(allocation.directory()).path()).doesNotExist();
    }

    /** Frozen by version 1 of control groups it does not end, and is killed as a leftover. */
    private static void awaitEnd(ProcessHandle process) {
        process.onExit().completeOnTimeout(process, 2, TimeUnit.SECONDS).join();
    }

    @Test
    void aGroupThatAnotherLeftFrozenDoesNotFreezeAGuest() throws IOException {
        Allocation allocation = allocate();
        Freezer left = Freezer.of(allocation.directory());
        Files.createDirectory(left.path());
        left.set(true);
        Guest guest = host.owned(hypervisor().boot(spec(), allocation));
        assertThat(guest.state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    void aGuestThatCannotBeStartedLeavesNothingAndSaysWhy() throws IOException {
        Allocation allocation = allocate();
        Files.delete(allocation.volume(VmSpec.Format.RAW));
        assertThatThrownBy(() -> hypervisor().boot(spec(), allocation))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("disk.raw");
        assertThat(hypervisor().adopt(spec(), allocation)).isEmpty();
        assertThat(Freezer.of(allocation.directory()).path()).doesNotExist();
    }

    @Test
    void aDirectoryTooLongForASocketIsRefused() throws IOException {
        Allocation tooLong = new Allocation(Path.of("/" + "d".repeat(100)), "tap");
        assertThatThrownBy(() -> hypervisor().boot(spec(), tooLong))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("at most 98 bytes");
    }

    @Test
    void theMemoryHasExactlyTheSizeThatWasAsked() throws IOException {
        QemuGuest guest = (QemuGuest) host.owned(hypervisor().boot(spec(), allocate()));
        assertThat(guest.qmp().execute("query-memory-size-summary").path("base-memory").asLong())
                .isEqualTo(spec().memoryBytes())
                .isEqualTo((64L << 20) + 8192);
    }

    @Test
    void aFrozenGuestExecutesNothing() throws Exception {
        QemuGuest guest = (QemuGuest) host.owned(hypervisor().boot(spec(), allocate()));
        VcpuTime time = VcpuTime.of(guest.qmp(), guest.pid());
        guest.freeze();
        var before = time.executed();
        assertThat(before).isPositive();
        Stays.equal(before, time::executed);
    }

    @Test
    void aStopThatAnotherClientAskedForIsToldAsASurprise() throws Exception {
        QemuGuest guest = (QemuGuest) host.owned(hypervisor().boot(spec(), allocate()));
        CompletableFuture<Guest.Surprise> told = new CompletableFuture<>();
        guest.onSurprise(told::complete);
        guest.qmp().execute("stop");
        Guest.Surprise surprise = told.get(20, TimeUnit.SECONDS);
        assertThat(surprise.state()).isEqualTo(Guest.State.PAUSED);
        assertThat(surprise.why()).contains("unasked");
    }

    @Test
    void aKvmThatExecutesNothingCountsAsNone() {
        QemuBinary binary = QemuBinary.probe(TestHost.QEMU);
        assertThat(Accelerator.executes(TestHost.QEMU, binary.machine(), Accelerator.TCG)).isTrue();
        assertThat(binary.accelerator() == Accelerator.KVM)
                .isEqualTo(Accelerator.executes(TestHost.QEMU, binary.machine(), Accelerator.KVM));
    }
}
