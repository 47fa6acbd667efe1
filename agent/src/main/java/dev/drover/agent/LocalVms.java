package dev.drover.agent;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MonitorMessage.Condition;
import dev.drover.api.MoveOrder;
import dev.drover.api.Origin;
import dev.drover.api.Rest;
import dev.drover.block.Volumes;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verbs of a VM outside of moves, and what is taken up when the agent starts. */
final class LocalVms {
    private static final Logger LOG = LoggerFactory.getLogger(LocalVms.class);

    private final HostContext host;
    private final Sides sides;

    LocalVms(HostContext host, Sides sides) {
        this.host = host;
        this.sides = sides;
    }

    /** A VM of this host; throws {@link HostFailure} when there is none. */
    LocalVm named(String name) {
        return sides.vm(name).orElseThrow(() -> new HostFailure("This host has no VM " + name));
    }

    /**
     * The specification with a size of memory that can be moved live on this host. Throws {@link
     * HostFailure} that says why it cannot be made here.
     */
    VmSpec fit(VmSpec spec, Origin origin) {
        refuseSecond(spec.name());
        VmSpec fit =
                new VmSpec(
                        spec.name(),
                        spec.cores(),
                        host.hypervisor().safeMemoryBytes(spec.memoryBytes()),
                        spec.disk(),
                        spec.nic(),
                        spec.boot());
        try {
            Fitness.check(fit, imageBytes(origin), host);
        } catch (IOException e) {
            throw new HostFailure("What this host has free cannot be seen: " + e.getMessage(), e);
        }
        return fit;
    }

    /** Room for the file of a base image that is still to come; checks one that is here. */
    private long imageBytes(Origin origin) {
        if (!(origin instanceof Origin.Image image)) {
            return 0;
        }
        host.images().requireObtainable(image);
        if (!host.images().has(image.sha256())) {
            return image.fileBytes();
        }
        var _ = host.images().image(image);
        return 0;
    }

    private void refuseSecond(String name) {
        if (sides.vm(name).isPresent()) {
            throw new HostFailure("This host has a VM " + name + " already");
        }
    }

    /** Makes it and boots. Nothing is left when that fails, and files that were taken are back. */
    void create(VmSpec spec, long epoch, Origin origin) {
        refuseSecond(spec.name());
        obtain(origin);
        Optional<Path> images =
                origin instanceof Origin.Directory(String path)
                        ? Optional.of(Path.of(path))
                        : Optional.empty();
        Standing.Making making = new Standing.Making(spec, epoch, images);
        host.journal().persist(making);
        LocalVm vm = new LocalVm(making, host.allocations().of(spec));
        try {
            host.allocations().make(spec);
            fill(vm.allocation(), spec, origin);
            host.persist(vm, new Standing.Running(spec, epoch, Optional.empty()));
            vm.guest(host.hypervisor().boot(spec, vm.allocation()));
            sides.add(vm);
        } catch (IOException | InterruptedException | RuntimeException e) {
            // Of an interrupted thread no file can be written: first things first.
            boolean interrupted = Thread.interrupted() || e instanceof InterruptedException;
            host.persist(vm, making);
            undo(making, vm);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw new HostFailure("VM " + spec.name() + " could not be made: " + e.getMessage(), e);
        }
    }

    private void obtain(Origin origin) {
        if (origin instanceof Origin.Image image) {
            try {
                host.images().obtain(image, host.identity());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new HostFailure("Interrupted while base image " + image.name() + " came", e);
            }
        }
    }

    /**
     * Ends the VM and removes everything of it. Idempotent.
     *
     * @param keep how long its volume stays; empty: it is removed, too
     */
    void destroy(String name, Optional<Duration> keep) {
        KeptVolumes kept = host.allocations().kept();
        sides.vm(name)
                .ifPresent(vm -> {
                    keep.ifPresent(_ -> flush(vm));
                    host.allocations().remove(vm, keep.map(time -> kept.plan(vm.spec(), time)));
                    sides.forget(vm);
                });
    }

    /** Lets a hypervisor that is to be killed write what it holds of the disk, if it can. */
    private static void flush(LocalVm vm) {
        if (vm.standing() instanceof Standing.Running) {
            try {
                if (vm.state() == Guest.State.RUNNING) {
                    vm.guest().stop();
                }
            } catch (HypervisorException e) {
                LOG.warn("VM {} was not stopped before its end", vm.spec().name(), e);
            }
        }
    }

    private void unpin(LocalVm vm) {
        host.network().unpinLeftover(vm.allocation().tap(), vm.spec().nic().mac());
    }

    /**
     * Takes up what an earlier agent left, and removes what it had not finished. One VM's trouble
     * does not keep the agent from its others; that VM is left as it is.
     */
    void takeUp() throws IOException {
        for (Standing standing : host.journal().readAll()) {
            LocalVm vm = new LocalVm(standing, host.allocations().of(standing.vm()));
            LOG.info("Taking up VM {}: {}", standing.vm().name(), standing);
            try {
                takeUp(standing, vm);
            } catch (IOException | RuntimeException e) {
                LOG.error("VM {} could not be taken up; it is left as it is", vm.spec().name(), e);
                vm.doubt();
                sides.add(vm);
            }
        }
    }

    private void takeUp(Standing standing, LocalVm vm) throws IOException {
        host.network().removeLeftovers(vm.allocation().tap());
        switch (standing) {
            case Standing.Making making -> undo(making, vm);
            case Standing.Leaving(var spec, var kept) -> host.allocations().remove(spec, kept);
            case Standing.Running _ -> {
                unpin(vm);
                vm.memoryFile().remove(); // Not whole, or gone on since.
                adopt(vm);
                sides.add(vm);
            }
            case Standing.Resting(_, _, var rest) -> {
                host.allocations().kill(vm);
                host.network().removeTap(vm.allocation().tap());
                if (rest == Rest.STOPPED) {
                    vm.memoryFile().remove(); // It was given up.
                }
                sides.add(vm);
            }
            case Standing.Source s -> {
                unpin(vm);
                adopt(vm);
                sides.restore(s, vm);
            }
            case Standing.Target t when t.stage() == Standing.Stage.RECEIVING ->
                    host.allocations().remove(standing.vm(), Optional.empty());
            case Standing.Target t -> {
                adopt(vm);
                sides.restore(t, vm);
            }
        }
    }

    /** What this host has, for the monitor. */
    List<MonitorMessage.Holding> holdings() {
        return sides.vms().stream()
                .map(vm ->
                        switch (vm.standing()) {
                            case Standing.Source(var order, _) -> holding(vm, order, Role.SOURCE);
                            case Standing.Target(var order, _, _) ->
                                    holding(vm, order, Role.TARGET);
                            case Standing.Making _, Standing.Leaving _ ->
                                    holding(vm, Condition.UNCLEAR);
                            case Standing.Resting(_, _, var rest) ->
                                    holding(
                                            vm,
                                            switch (rest) {
                                                case STOPPED -> Condition.STOPPED;
                                                case ASLEEP -> Condition.ASLEEP;
                                            });
                            case Standing.Running _ -> holding(vm, condition(vm));
                        })
                .toList();
    }

    private static MonitorMessage.Holding holding(LocalVm vm, Condition condition) {
        return new MonitorMessage.Holding(vm.spec().name(), condition, Optional.empty());
    }

    private static MonitorMessage.Holding holding(LocalVm vm, MoveOrder order, Role role) {
        return new MonitorMessage.Holding(
                vm.spec().name(),
                Condition.UNCLEAR,
                Optional.of(new MonitorMessage.Part(role, order)));
    }

    private static Condition condition(LocalVm vm) {
        if (vm.isInDoubt()) {
            return Condition.UNCLEAR;
        }
        try {
            return switch (vm.state()) {
                case RUNNING -> Condition.RUNS;
                case PAUSED, SENT -> Condition.PAUSED;
                case ENDED -> Condition.ENDED;
                case INCOMING, GONE -> Condition.GONE;
            };
        } catch (HypervisorException e) {
            LOG.warn("Where the guest of VM {} stands is not known", vm.spec().name(), e);
            return Condition.UNCLEAR;
        }
    }

    private void adopt(LocalVm vm) {
        try {
            host.hypervisor().adopt(vm.spec(), vm.allocation()).ifPresent(vm::guest);
        } catch (HypervisorException e) {
            LOG.warn("The process of VM {} could not be taken up", vm.spec().name(), e);
            vm.doubt();
        }
    }

    private void fill(Allocation allocation, VmSpec spec, Origin origin)
            throws IOException, InterruptedException {
        VmSpec.DiskSpec disk = spec.disk();
        switch (origin) {
            case Origin.Directory(String path) -> takeIn(Path.of(path), allocation, spec);
            case Origin.Image image ->
                    Volumes.copy(
                            host.images().image(image),
                            allocation.volume(disk.format()),
                            disk.format(),
                            disk.sizeBytes());
            case Origin.Nothing() -> host.allocations().makeVolume(spec);
        }
    }

    private static void takeIn(Path from, Allocation allocation, VmSpec spec) throws IOException {
        take(from, allocation.volume(spec.disk().format()));
        if (spec.boot() instanceof VmSpec.Boot.Kernel) {
            take(from, allocation.kernel());
            take(from, allocation.initrd());
        }
    }

    /** The files go back where they came from; only then is the rest removed. */
    private void undo(Standing.Making making, LocalVm vm) {
        host.allocations().kill(vm);
        try {
            if (making.images().isPresent()) {
                giveBack(making.images().get(), vm.allocation(), making.vm());
            }
            host.allocations().remove(vm);
        } catch (IOException e) {
            LOG.error(
                    "The files of VM {} could not be put back to {}; they are kept in {}",
                    making.vm().name(),
                    making.images().orElseThrow(),
                    vm.allocation().directory(),
                    e);
        }
    }

    private static void giveBack(Path to, Allocation allocation, VmSpec spec) throws IOException {
        for (Path file :
                List.of(
                        allocation.volume(spec.disk().format()),
                        allocation.kernel(),
                        allocation.initrd())) {
            if (Files.exists(file)) {
                Files.createDirectories(to);
                Files.move(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void take(Path from, Path file) throws IOException {
        Files.move(from.resolve(file.getFileName()), file, StandardCopyOption.REPLACE_EXISTING);
    }
}
