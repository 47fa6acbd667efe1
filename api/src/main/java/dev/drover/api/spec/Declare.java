package dev.drover.api.spec;

import dev.drover.api.spec.VmDeclaration.Cache;
import dev.drover.api.spec.VmDeclaration.CloudInit;
import dev.drover.api.spec.VmDeclaration.Device;
import dev.drover.api.spec.VmDeclaration.Disk;
import dev.drover.api.spec.VmDeclaration.Firmware;
import dev.drover.api.spec.VmDeclaration.Nic;
import dev.drover.api.spec.VmDeclaration.Placement;
import dev.drover.ports.VmSpec;
import java.util.List;
import java.util.Map;

/** What each record is read from: one method a record, the fields in its order. */
final class Declare {
    private Declare() {}

    /**
     * A VM.
     *
     * @param names of VMs, those of other documents among them
     * @param images that its disks can begin as copies of
     */
    static Value.Reader<VmDeclaration> vm(Distinct names, KnownImages images) {
        return Fields.mapping(
                "a VM",
                fields -> {
                    var name =
                            fields.required(
                                    "name", names.of(Scalars.text(Naming.VM)), "Name the VM");
                    var cores =
                            fields.required(
                                    "cores", Scalars.whole(VmDeclaration.CORES), "Write cores: 2");
                    var memory =
                            fields.required(
                                    "memory",
                                    Scalars.size(VmDeclaration.MEMORY),
                                    "Write memory: 2GiB");
                    var cpuModel =
                            fields.or(
                                    "cpuModel", VmDeclaration.BASELINE, Scalars.text(Naming.MODEL));
                    var machineType = fields.optional("machineType", Scalars.text(Naming.MACHINE));
                    var firmware =
                            fields.or(
                                    "firmware",
                                    Firmware.BIOS,
                                    Scalars.oneOf(Firmware.values(), Firmware::label));
                    var tpm = fields.or("tpm", false, Scalars.truth());
                    var disks = disks(fields, images);
                    var nics = nics(fields, cores);
                    var iso = fields.optional("iso", Scalars.text(Naming.IMAGE));
                    var vnc = fields.or("vnc", false, Scalars.truth());
                    var serialConsole = fields.or("serialConsole", true, Scalars.truth());
                    var guestAgent = fields.or("guestAgent", false, Scalars.truth());
                    var cloudInit = fields.optional("cloudInit", cloudInit());
                    var tags = fields.or("tags", Map.of(), Lists.labels("tags"));
                    var autostart = fields.or("autostart", false, Scalars.truth());
                    var placement = fields.or("placement", Placement.ANYWHERE, placement());
                    var devices = devices(fields);
                    Warnings.about(fields, cpuModel, disks, iso);
                    return () ->
                            new VmDeclaration(
                                    name.get(),
                                    cores.get(),
                                    memory.get(),
                                    cpuModel.get(),
                                    machineType.get(),
                                    firmware.get(),
                                    tpm.get(),
                                    disks.get(),
                                    nics.get(),
                                    iso.get(),
                                    vnc.get(),
                                    serialConsole.get(),
                                    guestAgent.get(),
                                    cloudInit.get(),
                                    tags.get(),
                                    autostart.get(),
                                    placement.get(),
                                    devices.get());
                });
    }

    private static Field<List<Disk>> disks(Fields fields, KnownImages images) {
        return fields.or(
                "disks",
                List.of(),
                Lists.of(VmDeclaration.DISKS, "disks", disk(new Distinct("disk"), images)));
    }

    private static Field<List<Nic>> nics(Fields fields, Field<Integer> cores) {
        return fields.or(
                "nics",
                List.of(),
                Lists.of(VmDeclaration.NICS, "NICs", nic(new Distinct("MAC address"), cores)));
    }

    private static Field<List<Device>> devices(Fields fields) {
        return fields.or(
                "devices", List.of(), Lists.of(VmDeclaration.DEVICES, "devices", device()));
    }

    private static Value.Reader<Disk> disk(Distinct names, KnownImages images) {
        return Fields.mapping(
                "a disk",
                fields -> {
                    var name =
                            fields.required(
                                    "name",
                                    names.of(Scalars.text(Naming.DISK)),
                                    "Write name: root");
                    var image = fields.optional("image", images.name());
                    var size =
                            fields.required("size", Scalars.size(Disk.SIZE), "Write size: 20GiB");
                    var format =
                            fields.or(
                                    "format",
                                    VmSpec.Format.QCOW2,
                                    Scalars.oneOf(VmSpec.Format.values(), VmSpec.Format::label));
                    var cache =
                            fields.or(
                                    "cache",
                                    Cache.NONE,
                                    Scalars.oneOf(Cache.values(), Cache::label));
                    images.checkSize(fields, image, size);
                    var pool = fields.or("pool", Disk.DEFAULT_POOL, Scalars.text(Naming.POOL));
                    return () ->
                            new Disk(
                                    name.get(),
                                    image.get(),
                                    size.get(),
                                    format.get(),
                                    cache.get(),
                                    pool.get());
                });
    }

    private static Value.Reader<Nic> nic(Distinct macs, Field<Integer> cores) {
        return Fields.mapping(
                "a NIC",
                fields -> {
                    var network =
                            fields.required(
                                    "network",
                                    Scalars.text(Naming.NETWORK),
                                    "Write network: default");
                    var mac = fields.optional("mac", macs.of(Scalars.lowerCase(Naming.MAC)));
                    var queues = fields.or("queues", 1, Scalars.whole(Nic.QUEUES));
                    Warnings.aboutQueues(fields, queues, cores);
                    return () -> new Nic(network.get(), mac.get(), queues.get());
                });
    }

    private static Value.Reader<CloudInit> cloudInit() {
        return Fields.mapping(
                "cloudInit",
                fields -> {
                    var userData = fields.optional("userData", Scalars.freeText());
                    var sshKeys =
                            fields.or(
                                    "sshKeys",
                                    List.of(),
                                    Lists.of(
                                            CloudInit.KEYS,
                                            "SSH keys",
                                            new Distinct("key").of(Scalars.text(Naming.SSH_KEY))));
                    var networkConfig = fields.optional("networkConfig", Scalars.freeText());
                    return () -> new CloudInit(userData.get(), sshKeys.get(), networkConfig.get());
                });
    }

    private static Value.Reader<Placement> placement() {
        return Fields.mapping(
                "placement",
                fields -> {
                    var hostLabels = fields.or("hostLabels", Map.of(), Lists.labels("host labels"));
                    var keepApart =
                            fields.or(
                                    "keepApart",
                                    List.of(),
                                    Lists.of(
                                            Placement.GROUPS,
                                            "groups",
                                            new Distinct("group").of(Scalars.text(Naming.GROUP))));
                    return () -> new Placement(hostLabels.get(), keepApart.get());
                });
    }

    private static Value.Reader<Device> device() {
        Distinct devices = new Distinct("device");
        Value.Reader<Device> reader =
                Fields.mapping(
                        "a device",
                        fields -> {
                            var pci = fields.optional("pci", Scalars.lowerCase(Naming.PCI));
                            var usb = fields.optional("usb", Scalars.lowerCase(Naming.USB));
                            if (fields.has("pci") == fields.has("usb")) {
                                fields.value()
                                        .fault(
                                                "A device has one of the fields pci and usb",
                                                "Write pci: \"0000:65:00.0\" or usb: \"046d:c52b\"");
                            }
                            return () ->
                                    pci.get()
                                            .<Device>map(Device.Pci::new)
                                            .or(() -> usb.get().map(Device.Usb::new))
                                            .orElseThrow();
                        });
        Value.Reader<Device> distinct = devices.of(reader);
        return value -> {
            Warnings.aboutDevice(value);
            return distinct.read(value);
        };
    }
}
