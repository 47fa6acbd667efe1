package dev.drover.monitor.rest;

import dev.drover.api.rest.CreationView;
import dev.drover.api.rest.ImageView;
import dev.drover.api.rest.Role;
import dev.drover.api.spec.Finding;
import dev.drover.api.spec.Parsed;
import dev.drover.api.spec.SpecReader;
import dev.drover.api.spec.VmDeclaration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How a VM is made of the text that declares it. */
record CreationRoute(Cluster cluster) {
    List<Route> all() {
        return List.of(new Route("POST", "/v1/vms", Role.OPERATOR, true, this::create));
    }

    private Reply create(Ask ask) throws IOException, InterruptedException {
        Map<String, String> query = ask.query(Set.of("host", "dryRun"));
        boolean dryRun =
                switch (query.getOrDefault("dryRun", "false")) {
                    case "true" -> true;
                    case "false" -> false;
                    case String other -> throw Ask.bad("dryRun is '" + other + "'", "Send true");
                };
        return switch (read(ask.text(Set.of("application/yaml", Reply.JSON)))) {
            case Parsed.Faulty(List<Finding> findings) ->
                    throw new ProblemException(
                            422,
                            "The specification cannot be used",
                            "It has faults, each with its place in findings",
                            "Mend them; docs/vm-specification.md has a table of all fields",
                            findings);
            case Parsed.Valid(VmDeclaration declared, List<Finding> warnings) -> {
                refuseUnsupported(declared);
                Optional<String> host = Optional.ofNullable(query.get("host"));
                CreationView made = cluster.create(declared, host, dryRun);
                int status = made.result() == CreationView.Result.MADE ? 201 : 200;
                yield Reply.json(status, new CreationView(made.result(), made.vm(), warnings))
                        .with("Location", "/v1/vms/" + declared.name());
            }
        };
    }

    /** Of a VM that is there already the image may be gone. */
    private Parsed read(String text) {
        Parsed read = SpecReader.read(text);
        return read instanceof Parsed.Valid(VmDeclaration vm, _)
                        && cluster.vm(vm.name()).isPresent()
                ? read
                : SpecReader.read(text, imageSizes());
    }

    private Map<String, Long> imageSizes() {
        return cluster.images().all().stream()
                .collect(Collectors.toMap(ImageView::name, ImageView::sizeBytes));
    }

    private static void refuseUnsupported(VmDeclaration declared) {
        List<String> fields = unsupported(declared);
        if (!fields.isEmpty()) {
            throw new ProblemException(
                    422,
                    "VM '" + declared.name() + "' cannot be made by this version",
                    "It knows nothing of " + String.join(", ", fields) + " yet",
                    "Leave them out; a VM has one disk and one NIC");
        }
    }

    /** Fields that say something that no host heeds yet. */
    private static List<String> unsupported(VmDeclaration vm) {
        List<String> fields = new ArrayList<>();
        add(fields, !vm.cpuModel().equals(VmDeclaration.BASELINE), "cpuModel");
        add(fields, vm.machineType().isPresent(), "machineType");
        add(fields, vm.firmware() != VmDeclaration.Firmware.BIOS, "firmware");
        add(fields, vm.tpm(), "tpm");
        add(fields, vm.disks().isEmpty(), "VMs without disks");
        add(fields, vm.disks().size() > 1, "more than one of disks");
        vm.disks()
                .forEach(disk -> {
                    add(fields, disk.cache() != VmDeclaration.Cache.NONE, "disks[].cache");
                    add(
                            fields,
                            !disk.pool().equals(VmDeclaration.Disk.DEFAULT_POOL),
                            "disks[].pool");
                });
        add(fields, vm.nics().isEmpty(), "VMs without nics");
        add(fields, vm.nics().size() > 1, "more than one of nics");
        add(fields, vm.nics().stream().anyMatch(nic -> nic.queues() != 1), "nics[].queues");
        add(fields, vm.iso().isPresent(), "iso");
        add(fields, vm.vnc(), "vnc");
        add(fields, vm.guestAgent(), "guestAgent");
        add(fields, vm.cloudInit().isPresent(), "cloudInit");
        add(fields, !vm.devices().isEmpty(), "devices");
        return fields.stream().distinct().toList();
    }

    private static void add(List<String> fields, boolean isUsed, String field) {
        if (isUsed) {
            fields.add(field);
        }
    }
}
