package dev.drover.monitor;

import dev.drover.api.HostLost;
import dev.drover.api.Origin;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkException;
import dev.drover.api.rest.CreationView;
import dev.drover.api.rest.CreationView.Result;
import dev.drover.api.spec.VmDeclaration;
import dev.drover.engine.HostFailure;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.store.ClusterStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes VMs as their users declare them. Throws {@link HostFailure} that says why not. */
record NewVms(
        ClusterStore store, Inventory inventory, Placement placement, Vms vms, Images images) {
    /** QEMU's own prefix; the rest is by chance. */
    private static final String MADE_MAC = "52:54:00:";

    /** The epoch of a VM that nothing was done with but to make it. */
    private static final long FIRST = 1;

    /** Hosts of which is told why they cannot have a VM. */
    private static final int MOST_REFUSALS = 8;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** A VM that may be made on this host. */
    private record Fit(StoredVm vm, String host) {}

    /**
     * Makes a VM, unless there is one just so.
     *
     * @param declared with one disk and one NIC
     * @param host where; empty: the first that can, beginning with the one that has fewest VMs
     * @param dryRun whether only to say what would be done
     */
    CreationView create(VmDeclaration declared, Optional<String> host, boolean dryRun)
            throws InterruptedException {
        Optional<StoredVm> there =
                store.spec(declared.name()).map(s -> Json.read(s, StoredVm.class));
        if (there.isPresent()) {
            return isThere(declared, there.get(), host, dryRun);
        }
        Origin origin = origin(declared.disks().getFirst());
        StoredVm wanted = StoredVm.declared(declared, wanted(declared));
        Fit fit = host.isPresent() ? fit(wanted, host.get(), origin) : place(wanted, origin);
        if (!dryRun) {
            fit = made(fit, wanted, host.isPresent(), origin);
        }
        return view(dryRun ? Result.NOTHING : Result.MADE, fit.vm(), new Active(fit.host(), FIRST));
    }

    /**
     * Where it was made: elsewhere when others were faster, and it is to be kept apart from them.
     */
    private Fit made(Fit fit, StoredVm wanted, boolean onlyThere, Origin origin)
            throws InterruptedException {
        try {
            vms.create(fit.vm(), fit.host(), origin);
            if (origin instanceof Origin.Image image) {
                images.gained(fit.host(), image.sha256());
            }
            return fit;
        } catch (PlacementRules.Broken e) {
            if (onlyThere) {
                throw e;
            }
            return made(place(wanted, origin), wanted, false, origin);
        }
    }

    private CreationView view(Result result, StoredVm vm, Active active) {
        return new CreationView(result, vms.view(vm, active), List.of());
    }

    /** Of one whose record is there; the VM is not when its host broke off while it was made. */
    private CreationView isThere(
            VmDeclaration declared, StoredVm there, Optional<String> host, boolean dryRun)
            throws InterruptedException {
        String name = declared.name();
        Active active = store.active(name).orElseThrow(() -> new HostFailure(name + " is gone"));
        List<String> other = differences(declared, there);
        host.filter(h -> !h.equals(active.host()))
                .ifPresent(h -> other.add("it is on host " + active.host() + ", not " + h));
        if (!other.isEmpty()) {
            throw new HostFailure(
                    "There is a VM %s already, and not as declared: %s; use another name, or destroy that one first"
                            .formatted(name, String.join(", ", other)));
        }
        CreationView view = view(Result.WAS_THERE, there, active);
        if (view.vm().lost()) {
            throw new HostLost(active.host());
        }
        boolean made =
                !dryRun
                        && active.epoch() == FIRST
                        && vms.makeIfMissing(
                                there, active, () -> origin(declared.disks().getFirst()));
        return made ? view(Result.MADE, there, active) : view;
    }

    /** A host may have made the memory a little larger, so that it can be moved live. */
    private static List<String> differences(VmDeclaration declared, StoredVm stored) {
        VmSpec there = stored.spec();
        VmDeclaration.Disk disk = declared.disks().getFirst();
        VmDeclaration.Nic nic = declared.nics().getFirst();
        long more = there.memoryBytes() - declared.memory().bytes();
        List<String> all = new ArrayList<>();
        differ(all, "cores", there.cores(), declared.cores());
        if (more < 0 || more > VmSpec.MEMORY_UNIT_BYTES) {
            differ(all, "bytes of memory", there.memoryBytes(), declared.memory().bytes());
        }
        differ(all, "bytes of disk", there.disk().sizeBytes(), disk.size().bytes());
        differ(all, "as format of the disk", there.disk().format(), disk.format());
        differ(all, "as network", there.nic().bridge(), nic.network());
        nic.mac().ifPresent(mac -> differ(all, "as MAC", there.nic().mac(), mac));
        differ(all, "as tags", stored.tags(), declared.tags());
        differ(all, "as placement", stored.placement(), declared.placement());
        return all;
    }

    private static void differ(List<String> all, String what, Object there, Object declared) {
        if (!there.equals(declared)) {
            all.add("it has " + there + " " + what + ", not " + declared);
        }
    }

    /** On the first host that can, the emptiest first. */
    private Fit place(StoredVm wanted, Origin origin) throws InterruptedException {
        List<String> refusals = new ArrayList<>();
        for (String host : placement.emptiestFirst()) {
            try {
                return fit(wanted, host, origin);
            } catch (HostFailure | LinkException e) {
                refusals.add(host + ": " + e.getMessage());
            }
        }
        throw new HostFailure(
                refusals.isEmpty()
                        ? "No host takes VMs: none is connected that is not cordoned"
                        : "No host can have VM "
                                + wanted.name()
                                + ". "
                                + refusals.stream()
                                        .limit(MOST_REFUSALS)
                                        .collect(Collectors.joining(". "))
                                + (refusals.size() > MOST_REFUSALS
                                        ? ". And %d more hosts"
                                                .formatted(refusals.size() - MOST_REFUSALS)
                                        : ""));
    }

    private Fit fit(StoredVm wanted, String host, Origin origin) throws InterruptedException {
        return new Fit(vms.fit(wanted, host, origin), host);
    }

    private VmSpec wanted(VmDeclaration declared) {
        VmDeclaration.Disk disk = declared.disks().getFirst();
        VmDeclaration.Nic nic = declared.nics().getFirst();
        return new VmSpec(
                declared.name(),
                declared.cores(),
                declared.memory().bytes(),
                new VmSpec.DiskSpec(disk.format(), disk.size().bytes()),
                new VmSpec.NicSpec(mac(nic), nic.network()),
                new VmSpec.Boot.FromDisk());
    }

    private Origin origin(VmDeclaration.Disk disk) {
        return disk.image().<Origin>map(images::origin).orElseGet(Origin.Nothing::new);
    }

    /** One that no other VM has, as far as is known just now. */
    private String mac(VmDeclaration.Nic nic) {
        Set<String> taken =
                inventory.all().stream()
                        .map(vm -> vm.stored().spec().nic().mac())
                        .collect(Collectors.toSet());
        if (nic.mac().isPresent()) {
            String mac = nic.mac().get();
            if (taken.contains(mac)) {
                throw new HostFailure(
                        "Another VM has the MAC " + mac + "; leave it out, and Drover makes one");
            }
            return mac;
        }
        String made = made();
        while (taken.contains(made)) {
            made = made();
        }
        return made;
    }

    private static String made() {
        byte[] bytes = new byte[3];
        RANDOM.nextBytes(bytes);
        return MADE_MAC + HexFormat.ofDelimiter(":").formatHex(bytes);
    }
}
