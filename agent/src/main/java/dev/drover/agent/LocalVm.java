package dev.drover.agent;

import dev.drover.block.MemoryFile;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A VM that this host has something of. Thread-safe: each field has one writer at a time. */
final class LocalVm {
    private final VmSpec spec;
    private final Allocation allocation;
    private final ReentrantLock power = new ReentrantLock();
    private volatile Standing standing;
    private volatile boolean inDoubt;
    private volatile @Nullable Guest guest;

    LocalVm(Standing standing, Allocation allocation) {
        this.spec = standing.vm();
        this.standing = standing;
        this.allocation = allocation;
    }

    VmSpec spec() {
        return spec;
    }

    Allocation allocation() {
        return allocation;
    }

    /** Where its memory lies while it sleeps. */
    MemoryFile memoryFile() {
        return MemoryFile.in(allocation.directory());
    }

    Standing standing() {
        return standing;
    }

    void stand(Standing next) {
        standing = next;
    }

    void guest(Guest now) {
        guest = now;
    }

    /** Whether a process of it lives cannot be said: it is not to be taken for dead. */
    void doubt() {
        inDoubt = true;
    }

    boolean isInDoubt() {
        return inDoubt;
    }

    /** Held by whoever changes whether it runs, outside of moves. */
    ReentrantLock power() {
        return power;
    }

    /** Where its guest stands; {@link Guest.State#GONE} when there is no process. */
    Guest.State state() {
        Guest now = guest;
        return now == null ? Guest.State.GONE : now.state();
    }

    /** Ends its hypervisor process, if there is one. */
    void kill() {
        Guest now = guest;
        if (now != null) {
            now.kill();
        }
    }

    /** Forgets its hypervisor process, which is dead. */
    void letGo() {
        Guest now = guest;
        if (now != null) {
            now.close();
            guest = null;
        }
        inDoubt = false;
    }

    /** Its hypervisor process; throws {@link HostFailure} when there is none. */
    Guest guest() {
        Guest now = guest;
        if (now == null) {
            throw new HostFailure("VM " + spec.name() + " has no hypervisor process on this host");
        }
        return now;
    }
}
