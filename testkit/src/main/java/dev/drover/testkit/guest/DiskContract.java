package dev.drover.testkit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.Hypervisor;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link Disk} keeps to. Blocks are of 4096 bytes, from 1 MiB on. */
public abstract class DiskContract {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int BLOCK = 4096;
    private static final long FIRST = 1 << 20;

    private final List<Guest> guests = new ArrayList<>();

    /** The hypervisor under test. */
    protected abstract Hypervisor hypervisor() throws IOException;

    /** A VM whose guest writes nothing to its disk by itself. */
    protected abstract VmSpec spec() throws IOException;

    /** An allocation of its own, with a volume of zeros from 1 MiB on. */
    protected abstract Allocation allocate() throws IOException;

    /** The guest fills a range of its disk with this byte, completed on return. */
    protected abstract void guestWrites(Guest guest, long offset, int length, byte content)
            throws IOException;

    /** Reads as a client of the export. */
    protected abstract byte[] read(Guest guest, Disk.Export export, long offset, int length)
            throws IOException;

    /** Writes as a client of the export. */
    protected abstract void write(Guest guest, Disk.Export export, long offset, byte[] bytes)
            throws IOException;

    /** Offsets of the blocks that the export's bitmap marks. */
    protected abstract NavigableSet<Long> marked(Guest guest, Disk.Export export)
            throws IOException;

    @AfterEach
    final void end() {
        for (Guest guest : guests) {
            guest.kill();
            guest.close();
        }
    }

    private Guest booted() throws IOException {
        return owned(hypervisor().boot(spec(), allocate()));
    }

    private Guest prepared() throws IOException {
        return owned(hypervisor().prepare(spec(), allocate()));
    }

    private Guest owned(Guest guest) {
        guests.add(guest);
        return guest;
    }

    private static long block(int number) {
        return FIRST + (long) number * BLOCK;
    }

    private static byte[] filled(int content) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) content);
        return bytes;
    }

    private void guestWrites(Guest guest, int block, int content) throws IOException {
        guestWrites(guest, block(block), BLOCK, (byte) content);
    }

    private void assertReads(Guest guest, Disk.Export export, int block, int content)
            throws IOException {
        assertThat(read(guest, export, block(block), BLOCK)).isEqualTo(filled(content));
    }

    @Test
    final void theSizeIsTheGuests() throws IOException {
        assertThat(booted().disk().sizeBytes()).isEqualTo(spec().disk().sizeBytes());
    }

    @Test
    final void aSnapshotShowsThePointInTime() throws IOException {
        Guest guest = booted();
        guestWrites(guest, 0, 1);
        Disk.Export snapshot = guest.disk().snapshot();
        guestWrites(guest, 0, 2);
        guestWrites(guest, 1, 3);
        assertReads(guest, snapshot, 0, 1);
        assertReads(guest, snapshot, 1, 0);
    }

    @Test
    final void everyWriteSinceTheSnapshotIsInARound() throws IOException {
        Guest guest = booted();
        guestWrites(guest, 0, 1);
        Disk.Export image = guest.disk().snapshot();
        guestWrites(guest, 3, 4);
        guestWrites(guest, 5, 6);
        guest.disk().dropSnapshot();
        guest.disk().dropSnapshot();
        Disk.Round first = guest.disk().nextRound();
        guestWrites(guest, 7, 8);
        assertThat(first.number()).isEqualTo(1);
        assertThat(first.dirtyBytes()).isEqualTo(2 * BLOCK);
        assertThat(first.export().socket()).isEqualTo(image.socket());
        assertThat(marked(guest, first.export())).containsExactly(block(3), block(5));
        assertReads(guest, first.export(), 3, 4);
        assertReads(guest, first.export(), 5, 6);
        guest.disk().endRound();
        guest.disk().endRound();
        guestWrites(guest, 3, 9);
        guest.stop();
        Disk.Round last = guest.disk().lastRound();
        assertThat(last.number()).isEqualTo(2);
        assertThat(last.dirtyBytes()).isEqualTo(2 * BLOCK);
        assertThat(last.export().socket()).isEqualTo(image.socket());
        assertThat(marked(guest, last.export())).containsExactly(block(3), block(7));
        assertReads(guest, last.export(), 3, 9);
        guest.disk().endRound();
    }

    @Test
    final void aRoundWithoutWritesIsEmpty() throws IOException {
        Guest guest = booted();
        guest.disk().snapshot();
        Disk.Round round = guest.disk().nextRound();
        assertThat(round.dirtyBytes()).isZero();
        assertThat(marked(guest, round.export())).isEmpty();
    }

    @Test
    final void nothingOfAMoveIsLeftWhenTheTrackingHasEnded() throws IOException {
        Guest guest = booted();
        Disk.Export snapshot = guest.disk().snapshot();
        guestWrites(guest, 1, 1);
        Disk.Round round = guest.disk().nextRound();
        guest.disk().endTracking();
        guest.disk().endTracking();
        assertThatThrownBy(() -> read(guest, snapshot, 0, BLOCK)).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> read(guest, round.export(), 0, BLOCK))
                .isInstanceOf(Exception.class);
        assertThatThrownBy(guest.disk()::nextRound).isInstanceOf(HypervisorException.class);
        Disk.Export again = guest.disk().snapshot();
        guestWrites(guest, 1, 2);
        assertReads(guest, again, 1, 1);
        assertThat(guest.disk().nextRound().number()).isEqualTo(1);
    }

    @Test
    final void aSnapshotTakesAwayWhatAnEarlierMoveLeft() throws IOException {
        Guest guest = booted();
        guest.disk().snapshot();
        guest.disk().nextRound();
        Disk.Export second = guest.disk().snapshot();
        guestWrites(guest, 2, 5);
        assertReads(guest, second, 2, 0);
        assertThat(guest.disk().nextRound().dirtyBytes()).isEqualTo(BLOCK);
    }

    @Test
    final void aReadOnlyExportTakesNoWrites() throws IOException {
        Guest guest = booted();
        Disk.Export snapshot = guest.disk().snapshot();
        assertThatThrownBy(() -> write(guest, snapshot, block(0), filled(1)))
                .isInstanceOf(Exception.class);
    }

    @Test
    final void whatWasWrittenToThePreparedGuestsDiskIsWhatTheGuestSees() throws IOException {
        Guest source = booted();
        Guest target = prepared();
        Disk.Export volume = target.disk().openForWriting();
        write(target, volume, block(0), filled(1));
        write(target, volume, block(9), filled(2));
        moveMemory(source, target);
        write(target, volume, block(4), filled(3));
        target.disk().closeForWriting();
        target.disk().closeForWriting();
        assertThatThrownBy(() -> write(target, volume, block(0), filled(9)))
                .isInstanceOf(Exception.class);
        Disk.Export view = target.disk().commitView();
        target.resume();
        guestWrites(target, 0, 7);
        guestWrites(target, 5, 7);
        assertReads(target, view, 0, 1);
        assertReads(target, view, 4, 3);
        assertReads(target, view, 5, 0);
        assertReads(target, view, 9, 2);
        target.disk().dropCommitView();
        target.disk().dropCommitView();
        Disk.Export now = target.disk().snapshot();
        assertReads(target, now, 0, 7);
        assertReads(target, now, 4, 3);
    }

    private static void moveMemory(Guest source, Guest target) throws IOException {
        try (Loopback link = Loopback.make()) {
            IncomingMemory incoming = link.receive(target);
            OutgoingMemory outgoing = link.send(source, MemoryMode.SINGLE_PASS);
            assertThat(outgoing.mode()).isEqualTo(MemoryMode.SINGLE_PASS);
            outgoing.awaitConverged(SOON);
            outgoing.hold();
            source.stop();
            outgoing.release();
            outgoing.awaitLastStage(SOON);
            outgoing.complete(SOON);
            incoming.awaitLoaded(SOON);
        }
    }
}
