package dev.drover.testkit.guest;

import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The fake keeps to the contract. */
class FakeGuestTest extends GuestContract {
    private final FakeHypervisor hypervisor = new FakeHypervisor();
    private final AtomicInteger count = new AtomicInteger();

    static VmSpec anySpec() {
        return new VmSpec(
                "fake",
                1,
                64 << 20,
                new VmSpec.DiskSpec(VmSpec.Format.RAW, 64 << 20),
                new VmSpec.NicSpec("52:54:00:00:00:01", "bridge0"),
                new VmSpec.Boot.FromDisk());
    }

    @Override
    protected FakeHypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    protected VmSpec spec() {
        return anySpec();
    }

    @Override
    protected Allocation allocate() {
        return new Allocation(Path.of("/fake/" + count.incrementAndGet()), "tap");
    }

    @Override
    protected void endFromOutside(Guest guest) {
        ((FakeGuest) guest).die();
    }
}
