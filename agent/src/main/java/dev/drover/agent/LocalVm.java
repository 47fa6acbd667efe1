package dev.drover.agent;

import dev.drover.engine.HostFailure;
import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import org.jspecify.annotations.Nullable;

/** A VM that this host has something of. Thread-safe: each field has one writer at a time. */
final class LocalVm {
    private final VmSpec spec;
    private final Allocation allocation;
    private volatile Standing standing;
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

    Standing standing() {
        return standing;
    }

    void stand(Standing next) {
        standing = next;
    }

    void guest(Guest now) {
        guest = now;
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

    /** Its hypervisor process; throws {@link HostFailure} when there is none. */
    Guest guest() {
        Guest now = guest;
        if (now == null) {
            throw new HostFailure("VM " + spec.name() + " has no hypervisor process on this host");
        }
        return now;
    }
}
