package dev.drover.testkit.guest;

import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.concurrent.atomic.AtomicInteger;

/** The fake keeps to the contract. */
class FakeDiskTest extends DiskContract {
    private final FakeHypervisor hypervisor = new FakeHypervisor();
    private final AtomicInteger count = new AtomicInteger();

    @Override
    protected FakeHypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    protected VmSpec spec() {
        return FakeGuestTest.anySpec();
    }

    @Override
    protected Allocation allocate() {
        return new Allocation(Path.of("/fake/" + count.incrementAndGet()), "tap");
    }

    @Override
    protected void guestWrites(Guest guest, long offset, int length, byte content) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, content);
        ((FakeGuest) guest).disk().guestWrites(offset, bytes);
    }

    @Override
    protected byte[] read(Guest guest, Disk.Export export, long offset, int length) {
        return ((FakeGuest) guest).disk().read(export, offset, length);
    }

    @Override
    protected void write(Guest guest, Disk.Export export, long offset, byte[] bytes) {
        ((FakeGuest) guest).disk().write(export, offset, bytes);
    }

    @Override
    protected NavigableSet<Long> marked(Guest guest, Disk.Export export) {
        return ((FakeGuest) guest).disk().marked(export);
    }
}
