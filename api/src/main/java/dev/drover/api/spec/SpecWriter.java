package dev.drover.api.spec;

import dev.drover.api.link.Json;
import dev.drover.api.spec.VmDeclaration.CloudInit;
import dev.drover.api.spec.VmDeclaration.Device;
import dev.drover.api.spec.VmDeclaration.Disk;
import dev.drover.api.spec.VmDeclaration.Nic;
import dev.drover.api.spec.VmDeclaration.Placement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * Writes a declaration as text that {@link SpecReader} reads back as an equal one. The same
 * declaration always gives the same text: fields in the order of the records, each that has a
 * value, defaults among them.
 */
public final class SpecWriter {
    private static final YAMLMapper YAML =
            YAMLMapper.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .disable(YAMLWriteFeature.SPLIT_LINES)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .enable(YAMLWriteFeature.LITERAL_BLOCK_STYLE)
                    .build();

    private SpecWriter() {}

    /** As YAML; ends with a line feed. */
    public static String yaml(VmDeclaration vm) {
        return YAML.writeValueAsString(fields(vm));
    }

    /** As JSON with two spaces of indentation; ends with a line feed. */
    public static String json(VmDeclaration vm) {
        return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(fields(vm)) + "\n";
    }

    private static Map<String, Object> fields(VmDeclaration vm) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", vm.name());
        fields.put("cores", vm.cores());
        fields.put("memory", vm.memory().toString());
        fields.put("cpuModel", vm.cpuModel());
        put(fields, "machineType", vm.machineType());
        fields.put("firmware", vm.firmware().label());
        fields.put("tpm", vm.tpm());
        put(fields, "disks", vm.disks().stream().map(SpecWriter::fields).toList());
        put(fields, "nics", vm.nics().stream().map(SpecWriter::fields).toList());
        put(fields, "iso", vm.iso());
        fields.put("vnc", vm.vnc());
        fields.put("serialConsole", vm.serialConsole());
        fields.put("guestAgent", vm.guestAgent());
        // An empty mapping is kept here: it is a drive without content, not the lack of one.
        vm.cloudInit().ifPresent(cloudInit -> fields.put("cloudInit", fields(cloudInit)));
        put(fields, "tags", vm.tags());
        fields.put("autostart", vm.autostart());
        put(fields, "placement", fields(vm.placement()));
        put(fields, "devices", vm.devices().stream().map(SpecWriter::fields).toList());
        return fields;
    }

    private static Map<String, Object> fields(Disk disk) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", disk.name());
        put(fields, "image", disk.image());
        fields.put("size", disk.size().toString());
        fields.put("format", disk.format().label());
        fields.put("cache", disk.cache().label());
        fields.put("pool", disk.pool());
        return fields;
    }

    private static Map<String, Object> fields(Nic nic) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("network", nic.network());
        put(fields, "mac", nic.mac());
        fields.put("queues", nic.queues());
        return fields;
    }

    private static Map<String, Object> fields(CloudInit cloudInit) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "userData", cloudInit.userData());
        put(fields, "sshKeys", cloudInit.sshKeys());
        put(fields, "networkConfig", cloudInit.networkConfig());
        return fields;
    }

    private static Map<String, Object> fields(Placement placement) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "hostLabels", placement.hostLabels());
        put(fields, "keepApart", placement.keepApart());
        return fields;
    }

    private static Map<String, Object> fields(Device device) {
        return switch (device) {
            case Device.Pci(String pci) -> Map.of("pci", pci);
            case Device.Usb(String usb) -> Map.of("usb", usb);
        };
    }

    private static void put(Map<String, Object> fields, String name, Optional<String> value) {
        value.ifPresent(v -> fields.put(name, v));
    }

    private static void put(Map<String, Object> fields, String name, Collection<?> list) {
        if (!list.isEmpty()) {
            fields.put(name, List.copyOf(list));
        }
    }

    private static void put(Map<String, Object> fields, String name, Map<String, ?> mapping) {
        if (!mapping.isEmpty()) {
            fields.put(name, mapping);
        }
    }
}
