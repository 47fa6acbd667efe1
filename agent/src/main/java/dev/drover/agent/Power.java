package dev.drover.agent;

import dev.drover.api.Rest;
import dev.drover.api.VmMessage.Woken;
import dev.drover.block.MemoryFile;
import dev.drover.block.Volumes;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verbs wake, sleep and stop. Each comes with an epoch that the monitor has won for it, above
 * all earlier ones; an order of an older epoch came late and is refused. Repeated, each finds its
 * work done. All throw {@link HostFailure} that says what is so, and leave a VM that is as it was;
 * one that rests does so by the order's epoch then, which the record has already.
 */
final class Power {
    private static final Logger LOG = LoggerFactory.getLogger(Power.class);

    /** Both are bounded by the disk; a memory of 1 TiB at 300 MB/s takes an hour. */
    private static final Duration MEMORY_TO_DISK = Duration.ofHours(2);

    /** All but the first are what an agent left that died over it. */
    private static final Set<Guest.State> SAVEABLE =
            Set.of(Guest.State.RUNNING, Guest.State.PAUSED, Guest.State.SENT);

    private final HostContext host;

    Power(HostContext host) {
        this.host = host;
    }

    /** Lets a VM run that the record of this epoch wants to run here. */
    Woken wake(LocalVm vm, long epoch) {
        return alone(vm, () -> wakeNow(vm, epoch));
    }

    private Woken wakeNow(LocalVm vm, long epoch) throws IOException {
        return switch (vm.standing()) {
            case Standing.Running(_, long now, _) -> {
                refuseOlder(epoch, now);
                run(vm, epoch);
                yield wakeRunning(vm);
            }
            case Standing.Resting(_, long now, Rest rest) -> {
                refuseOlder(epoch, now + 1);
                yield switch (rest) {
                    case STOPPED -> boot(vm, epoch);
                    case ASLEEP -> wakeSleeping(vm, epoch);
                };
            }
            case Standing.Making _, Standing.Source _, Standing.Target _, Standing.Leaving _ ->
                    throw otherwise(vm);
        };
    }

    private Woken wakeRunning(LocalVm vm) {
        return switch (vm.state()) {
            case RUNNING -> Woken.RAN_ALREADY;
            case PAUSED, SENT -> {
                vm.guest().resume();
                yield Woken.WENT_ON;
            }
            case INCOMING, ENDED, GONE -> {
                refuseInDoubt(vm);
                host.bootAnew(vm);
                yield Woken.BOOTED;
            }
        };
    }

    private static void refuseInDoubt(LocalVm vm) {
        if (vm.isInDoubt()) {
            throw new HostFailure(
                    "Whether VM "
                            + vm.spec().name()
                            + " runs is not known, since it could not be taken up (see the agent's"
                            + " log); restart the agent, or stop the VM by force first");
        }
    }

    private Woken boot(LocalVm vm, long epoch) {
        run(vm, epoch);
        try {
            host.bootAnew(vm);
        } catch (RuntimeException e) {
            rest(vm, epoch, Rest.STOPPED);
            throw e;
        }
        return Woken.BOOTED;
    }

    /** The memory is taken once: who runs on from it must not find it again. */
    private Woken wakeSleeping(LocalVm vm, long epoch) throws IOException {
        MemoryFile memory = vm.memoryFile();
        try {
            load(vm, memory);
        } catch (IOException | RuntimeException e) {
            rest(vm, epoch, Rest.ASLEEP);
            throw new HostFailure(
                    "The memory of VM "
                            + vm.spec().name()
                            + " in "
                            + memory.path()
                            + " could not be loaded; it sleeps on. To give the memory up and boot"
                            + " from its disk, stop it by force, then wake it: "
                            + why(e),
                    e);
        }
        run(vm, epoch);
        vm.guest().resume();
        memory.remove();
        return Woken.FROM_MEMORY;
    }

    private void load(LocalVm vm, MemoryFile memory) throws IOException {
        host.allocations().kill(vm);
        host.allocations().make(vm.spec());
        Guest guest = host.hypervisor().prepare(vm.spec(), vm.allocation());
        vm.guest(guest);
        try (InputStream in = memory.read()) {
            guest.receiveMemory(in, OutputStream.nullOutputStream()).awaitLoaded(MEMORY_TO_DISK);
        }
    }

    /** Saves the memory and ends the process. On failure the guest runs on. */
    void sleep(LocalVm vm, long epoch) {
        Standing _ = alone(vm, () -> sleepNow(vm, epoch));
    }

    private Standing sleepNow(LocalVm vm, long epoch) throws IOException {
        switch (vm.standing()) {
            case Standing.Running(_, long now, _) -> {
                refuseOlder(epoch, now);
                requireGuest(vm, "sleep", SAVEABLE);
                run(vm, epoch);
                saveMemory(vm);
                rest(vm, epoch, Rest.ASLEEP);
            }
            case Standing.Resting(_, long now, Rest rest) -> {
                refuseOlder(epoch, now);
                rest(vm, epoch, rest);
                if (rest != Rest.ASLEEP) {
                    throw otherwise(vm);
                }
            }
            case Standing.Making _, Standing.Source _, Standing.Target _, Standing.Leaving _ ->
                    throw otherwise(vm);
        }
        return vm.standing();
    }

    private void saveMemory(LocalVm vm) throws IOException {
        Guest guest = vm.guest();
        try {
            if (guest.state() == Guest.State.SENT) {
                guest.resume(); // An earlier try came so far; QEMU saves only once it has run.
            }
            guest.stop();
            Volumes.requireSpace(
                    "The memory cannot be saved",
                    vm.allocation().directory(),
                    vm.spec().memoryBytes());
            vm.memoryFile().write(out -> guest.saveMemory(out, MEMORY_TO_DISK));
            Volumes.sync(vm.allocation().volume(vm.spec().disk().format()));
        } catch (IOException | RuntimeException e) {
            vm.memoryFile().remove();
            throw new HostFailure(
                    "VM "
                            + vm.spec().name()
                            + " was not put to sleep and "
                            + (runsOn(guest) ? "runs on: " : "is dead; wake it to boot it anew: ")
                            + why(e),
                    e);
        }
    }

    private static boolean runsOn(Guest guest) {
        try {
            guest.resume();
            return true;
        } catch (HypervisorException e) {
            LOG.warn("A guest that was not put to sleep does not run on", e);
            return false;
        }
    }

    /** A cause says what its exception does not. */
    private static String why(Throwable e) {
        return e.getCause() == null
                ? String.valueOf(e.getMessage())
                : e.getMessage() + ": " + why(e.getCause());
    }

    /**
     * Shuts a VM down.
     *
     * @param patience for the guest to do it by itself; zero: its power is cut, and a memory that
     *     it slept on is given up
     */
    void stop(LocalVm vm, long epoch, Duration patience) {
        Standing _ = alone(vm, () -> stopNow(vm, epoch, patience));
    }

    private Standing stopNow(LocalVm vm, long epoch, Duration patience) throws IOException {
        switch (vm.standing()) {
            case Standing.Running(_, long now, _) -> {
                refuseOlder(epoch, now);
                run(vm, epoch);
                shutDown(vm, patience);
                rest(vm, epoch, Rest.STOPPED);
            }
            case Standing.Resting(_, long now, Rest rest) -> {
                refuseOlder(epoch, now);
                if (rest == Rest.ASLEEP && !patience.isZero()) {
                    rest(vm, epoch, rest);
                    throw new HostFailure(
                            "VM "
                                    + vm.spec().name()
                                    + " sleeps; wake it first, or stop it by force, which gives up"
                                    + " its memory");
                }
                rest(vm, epoch, Rest.STOPPED);
                vm.memoryFile().remove();
            }
            case Standing.Making _, Standing.Source _, Standing.Target _, Standing.Leaving _ ->
                    throw otherwise(vm);
        }
        return vm.standing();
    }

    private void shutDown(LocalVm vm, Duration patience) {
        switch (vm.state()) {
            case ENDED, GONE -> {}
            case INCOMING -> throw new HostFailure("VM " + vm.spec().name() + " is being made");
            case RUNNING, PAUSED, SENT -> {
                if (patience.isZero()) {
                    vm.guest().stop(); // Flushes what QEMU holds of the disk.
                } else {
                    pressPowerButton(vm, patience);
                }
            }
        }
    }

    private static void pressPowerButton(LocalVm vm, Duration patience) {
        requireGuest(vm, "shut down", Set.of(Guest.State.RUNNING));
        CompletableFuture<Guest.Surprise> ended = new CompletableFuture<>();
        vm.guest().onSurprise(ended::complete);
        vm.guest().pressPowerButton();
        try {
            Guest.Surprise _ = ended.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new HostFailure(
                    "The guest of VM "
                            + vm.spec().name()
                            + " was asked to shut down and has not within "
                            + patience.toSeconds()
                            + " s; it runs on. Give it more time, or stop it by force");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostFailure("Interrupted while the guest was to shut down", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        Guest.State now = vm.state();
        if (now != Guest.State.ENDED && now != Guest.State.GONE) {
            throw new HostFailure(
                    "The guest of VM " + vm.spec().name() + " did not shut down, it is " + now);
        }
    }

    private void run(LocalVm vm, long epoch) {
        Optional<String> lastMove =
                vm.standing() instanceof Standing.Running(_, _, var last) ? last : Optional.empty();
        host.persist(vm, new Standing.Running(vm.spec(), epoch, lastMove));
    }

    private void rest(LocalVm vm, long epoch, Rest rest) {
        host.persist(vm, new Standing.Resting(vm.spec(), epoch, rest));
        host.allocations().kill(vm);
        vm.letGo();
        host.network().removeTap(vm.allocation().tap());
    }

    private static void requireGuest(LocalVm vm, String what, Set<Guest.State> fit) {
        if (!fit.contains(vm.state())) {
            throw new HostFailure(
                    "VM "
                            + vm.spec().name()
                            + " cannot "
                            + what
                            + ": its guest does not run, it is "
                            + vm.state());
        }
    }

    private static void refuseOlder(long epoch, long least) {
        if (epoch < least) {
            throw new HostFailure(
                    "The order is of epoch " + epoch + ", but came after one of " + least);
        }
    }

    private static HostFailure otherwise(LocalVm vm) {
        return new HostFailure(
                "VM " + vm.spec().name() + " cannot do that now: it is " + vm.standing());
    }

    private interface Work<T> {
        T perform() throws IOException;
    }

    private static <T> T alone(LocalVm vm, Work<T> work) {
        vm.power().lock();
        try {
            return work.perform();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            vm.power().unlock();
        }
    }
}
