package dev.drover.testkit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.Hypervisor;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import dev.drover.ports.VmSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link Hypervisor} and {@link Guest} keeps to. */
public abstract class GuestContract {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final List<Guest> guests = new ArrayList<>();

    /** The hypervisor under test. */
    protected abstract Hypervisor hypervisor() throws IOException;

    /** A VM whose memory may be moved in live rounds. */
    protected abstract VmSpec spec() throws IOException;

    /** An allocation of its own, with a volume from which a guest boots that runs for ever. */
    protected abstract Allocation allocate() throws IOException;

    /** Ends the guest's process from outside, as the kernel would for want of memory. */
    protected abstract void endFromOutside(Guest guest);

    @AfterEach
    final void end() {
        for (Guest guest : guests) {
            guest.kill();
            guest.close();
        }
    }

    private Guest owned(Guest guest) {
        guests.add(guest);
        return guest;
    }

    private Guest booted() throws IOException {
        return owned(hypervisor().boot(spec(), allocate()));
    }

    private Guest prepared() throws IOException {
        return owned(hypervisor().prepare(spec(), allocate()));
    }

    @Test
    final void aBootedGuestRuns() throws IOException {
        Guest guest = booted();
        assertThat(guest.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(guest.neverRan()).isFalse();
    }

    @Test
    final void aStoppedGuestIsPausedAndTellsWhenItStoppedFirst() throws IOException {
        Guest guest = booted();
        long stopped = guest.stop();
        assertThat(guest.state()).isEqualTo(Guest.State.PAUSED);
        assertThat(guest.stop()).isEqualTo(stopped).isPositive();
        long resumed = guest.resume();
        assertThat(resumed).isGreaterThanOrEqualTo(stopped);
        assertThat(guest.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(guest.resume()).isEqualTo(resumed);
        assertThat(guest.stop()).isGreaterThanOrEqualTo(resumed);
    }

    @Test
    final void aPreparedGuestWaitsAndCannotBeResumed() throws IOException {
        Guest guest = prepared();
        assertThat(guest.state()).isEqualTo(Guest.State.INCOMING);
        assertThat(guest.neverRan()).isTrue();
        assertThatThrownBy(guest::resume).isInstanceOf(HypervisorException.class);
        assertThat(guest.state()).isEqualTo(Guest.State.INCOMING);
        assertThat(guest.neverRan()).isTrue();
    }

    @Test
    final void aFrozenGuestTakesNoCommandUntilItIsThawed() throws IOException {
        Guest guest = booted();
        long stopped = guest.stop();
        guest.freeze();
        guest.freeze();
        assertThat(guest.state()).isEqualTo(Guest.State.PAUSED);
        assertThat(guest.stop()).isEqualTo(stopped);
        assertThatThrownBy(guest::resume).isInstanceOf(HypervisorException.class);
        guest.thaw();
        guest.thaw();
        assertThat(guest.state()).isEqualTo(Guest.State.PAUSED);
        guest.resume();
        assertThat(guest.state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    final void aKilledGuestIsGone() throws IOException {
        Guest guest = booted();
        guest.kill();
        guest.kill();
        assertThat(guest.state()).isEqualTo(Guest.State.GONE);
        assertThatThrownBy(guest::resume).isInstanceOf(HypervisorException.class);
    }

    @Test
    final void aFrozenGuestCanBeKilled() throws IOException {
        Guest guest = booted();
        guest.freeze();
        guest.kill();
        assertThat(guest.state()).isEqualTo(Guest.State.GONE);
    }

    @Test
    final void aGuestIsAdoptedByWhoKnowsItsAllocation() throws IOException {
        Allocation allocation = allocate();
        Guest first = hypervisor().boot(spec(), allocation);
        first.close();
        Guest second = owned(hypervisor().adopt(spec(), allocation).orElseThrow());
        assertThat(second.pid()).isEqualTo(first.pid());
        assertThat(second.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(second.neverRan()).isFalse();
        second.kill();
        assertThat(hypervisor().adopt(spec(), allocation)).isEmpty();
    }

    @Test
    final void aFrozenGuestIsAdoptedWithoutBeingThawed() throws IOException {
        Allocation allocation = allocate();
        Guest first = hypervisor().boot(spec(), allocation);
        first.stop();
        first.freeze();
        first.close();
        Guest second = owned(hypervisor().adopt(spec(), allocation).orElseThrow());
        assertThatThrownBy(second::resume).isInstanceOf(HypervisorException.class);
        second.thaw();
        assertThat(second.state()).isEqualTo(Guest.State.PAUSED);
        second.resume();
        assertThat(second.state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    final void aPreparedGuestThatIsAdoptedHasNeverRun() throws IOException {
        Allocation allocation = allocate();
        hypervisor().prepare(spec(), allocation).close();
        Guest adopted = owned(hypervisor().adopt(spec(), allocation).orElseThrow());
        assertThat(adopted.state()).isEqualTo(Guest.State.INCOMING);
        assertThat(adopted.neverRan()).isTrue();
    }

    @Test
    final void nothingIsAdoptedWhereNothingLives() throws IOException {
        assertThat(hypervisor().adopt(spec(), allocate())).isEmpty();
    }

    @Test
    final void anUnaskedEndIsTold() throws Exception {
        Guest guest = booted();
        CompletableFuture<Guest.Surprise> told = new CompletableFuture<>();
        guest.onSurprise(told::complete);
        endFromOutside(guest);
        Guest.Surprise surprise = told.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(surprise.state()).isEqualTo(Guest.State.GONE);
        assertThat(surprise.why()).isNotBlank();
    }

    @Test
    final void theMemoryMovesAndTheSourceIsNotResumed() throws IOException {
        Guest source = booted();
        Guest target = prepared();
        CompletableFuture<Guest.Surprise> surprise = new CompletableFuture<>();
        source.onSurprise(surprise::complete);
        try (Loopback link = Loopback.make()) {
            IncomingMemory incoming = link.receive(target);
            OutgoingMemory outgoing = link.send(source, MemoryMode.PRECOPY);
            outgoing.awaitConverged(SOON);
            outgoing.hold();
            assertThat(source.state()).isEqualTo(Guest.State.RUNNING);
            source.stop();
            outgoing.release();
            outgoing.awaitLastStage(SOON);
            outgoing.complete(SOON);
            incoming.awaitLoaded(SOON);
            assertThat(source.state()).isEqualTo(Guest.State.SENT);
            assertThat(target.state()).isEqualTo(Guest.State.PAUSED);
            assertThat(target.neverRan()).isTrue();
            source.freeze();
            assertThat(source.state()).isEqualTo(Guest.State.SENT);
            assertThat(outgoing.progress().remainingBytes()).isZero();
        }
        target.resume();
        assertThat(target.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(target.neverRan()).isFalse();
        assertThat(surprise).isNotCompleted();
    }

    @Test
    final void aSavedMemoryGoesOnInAnotherProcess() throws IOException {
        Allocation allocation = allocate();
        Guest first = owned(hypervisor().boot(spec(), allocation));
        assertThatThrownBy(() -> first.saveMemory(new ByteArrayOutputStream(), SOON))
                .isInstanceOf(HypervisorException.class);
        assertThat(first.state()).isEqualTo(Guest.State.RUNNING);
        first.stop();
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        first.saveMemory(saved, SOON);
        assertThat(first.state()).isEqualTo(Guest.State.SENT);
        first.kill();
        first.close();
        Guest second = owned(hypervisor().prepare(spec(), allocation));
        second.receiveMemory(
                        new ByteArrayInputStream(saved.toByteArray()),
                        OutputStream.nullOutputStream())
                .awaitLoaded(SOON);
        assertThat(second.state()).isEqualTo(Guest.State.PAUSED);
        assertThat(second.neverRan()).isTrue();
        second.resume();
        assertThat(second.state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    final void aGuestGoesOnAfterItsMemoryWasSavedOrCouldNotBe() throws IOException {
        Guest guest = booted();
        guest.stop();
        guest.saveMemory(new ByteArrayOutputStream(), SOON);
        guest.resume();
        assertThat(guest.state()).isEqualTo(Guest.State.RUNNING);
        guest.stop();
        assertThatThrownBy(() -> guest.saveMemory(new FullDisk(), SOON))
                .isInstanceOf(HypervisorException.class)
                .hasStackTraceContaining("No space");
        guest.resume();
        assertThat(guest.state()).isEqualTo(Guest.State.RUNNING);
    }

    private static final class FullDisk extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @Test
    final void aCancelledMoveLeavesARunningGuestRunning() throws IOException {
        Guest source = booted();
        try (Loopback link = Loopback.make()) {
            link.receive(prepared());
            OutgoingMemory outgoing = link.send(source, MemoryMode.PRECOPY);
            outgoing.awaitConverged(SOON);
            outgoing.hold();
            outgoing.cancel();
            outgoing.cancel();
            assertThatThrownBy(() -> outgoing.awaitLastStage(SOON))
                    .isInstanceOf(HypervisorException.class);
        }
        assertThat(source.state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    final void aCancelledMoveLeavesAStoppedGuestStopped() throws IOException {
        Guest source = booted();
        try (Loopback link = Loopback.make()) {
            link.receive(prepared());
            OutgoingMemory outgoing = link.send(source, MemoryMode.PRECOPY);
            outgoing.awaitConverged(SOON);
            outgoing.hold();
            source.stop();
            outgoing.release();
            outgoing.awaitLastStage(SOON);
            outgoing.cancel();
        }
        assertThat(source.state()).isEqualTo(Guest.State.PAUSED);
        source.resume();
        assertThat(source.state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    final void aBrokenLinkIsToldToWhoWaits() throws IOException {
        Guest source = booted();
        try (Loopback link = Loopback.make()) {
            link.receive(prepared());
            OutgoingMemory outgoing = link.send(source, MemoryMode.PRECOPY);
            outgoing.awaitConverged(SOON);
            outgoing.hold();
            source.stop();
            link.cut();
            assertThatThrownBy(
                            () -> {
                                outgoing.release();
                                outgoing.awaitLastStage(SOON);
                                outgoing.complete(SOON);
                            })
                    .isInstanceOf(HypervisorException.class);
            outgoing.cancel();
        }
        assertThat(source.state()).isEqualTo(Guest.State.PAUSED);
    }
}
