package dev.drover.testkit.guest;

import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.Hypervisor;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A hypervisor in memory. Its guests execute nothing; their memory is one number, their disk what
 * was written to it. A guest outlives who made it, as a process does: {@link #adopt} finds it by
 * its allocation's directory.
 */
public final class FakeHypervisor implements Hypervisor {
    private static final long DAMAGED_MULTIPLE = 256 << 10;

    private final boolean livePrecopy;
    private final AtomicLong lastPid = new AtomicLong(1000);
    private final Map<Path, FakeProcess> processes = new ConcurrentHashMap<>();

    /** One on which every memory size is right for live rounds. */
    public FakeHypervisor() {
        this(true);
    }

    /** As {@link Hypervisor.Info#livePrecopy} says. */
    public FakeHypervisor(boolean livePrecopy) {
        this.livePrecopy = livePrecopy;
    }

    @Override
    public Info info() {
        return new Info("0.0.0", "fake", "fake-1.0", livePrecopy);
    }

    @Override
    public FakeGuest boot(VmSpec spec, Allocation allocation) {
        FakeGuest guest = start(spec, allocation, Guest.State.PAUSED);
        guest.resume();
        return guest;
    }

    @Override
    public FakeGuest prepare(VmSpec spec, Allocation allocation) {
        return start(spec, allocation, Guest.State.INCOMING);
    }

    private FakeGuest start(VmSpec spec, Allocation allocation, Guest.State state) {
        FakeProcess process =
                new FakeProcess(lastPid.incrementAndGet(), spec.disk().sizeBytes(), state);
        FakeProcess before = processes.putIfAbsent(allocation.directory(), process);
        if (before != null && before.state() != Guest.State.GONE) {
            throw new HypervisorException("A guest lives in " + allocation.directory());
        }
        processes.put(allocation.directory(), process);
        return new FakeGuest(process, allocation.directory());
    }

    @Override
    public Optional<Guest> adopt(VmSpec spec, Allocation allocation) {
        return Optional.ofNullable(processes.get(allocation.directory()))
                .filter(p -> p.state() != Guest.State.GONE)
                .map(p -> new FakeGuest(p, allocation.directory()));
    }

    @Override
    public long safeMemoryBytes(long wantedBytes) {
        return livePrecopy || wantedBytes % DAMAGED_MULTIPLE != 0
                ? wantedBytes
                : wantedBytes + (8 << 10);
    }
}
