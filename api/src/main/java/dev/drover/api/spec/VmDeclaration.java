package dev.drover.api.spec;

import dev.drover.ports.VmSpec;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A VM as its user declares it, before any host is chosen. Each component is a field of the text,
 * by the same name; {@code docs/vm-specification.md} has a table of all, with defaults and ranges.
 * Immutable; constructors throw {@link IllegalArgumentException} for what the table forbids.
 *
 * @param name unique in the cluster, as {@link VmSpec#name}
 * @param cores number of virtual CPUs, 1 to 255
 * @param memory of the guest, a multiple of 8 KiB
 * @param cpuModel {@link #BASELINE}, or a model by its name in QEMU
 * @param machineType by its name in QEMU; empty leaves the choice to Drover
 * @param firmware that the guest boots with
 * @param tpm whether the guest has an emulated TPM 2.0
 * @param disks in the order in which the guest boots from them, 16 at most
 * @param nics 8 at most
 * @param iso the image in the CD drive; empty is no drive
 * @param vnc whether the screen is offered by VNC
 * @param serialConsole whether there is a serial console
 * @param guestAgent whether the guest is said to run the QEMU guest agent
 * @param cloudInit what cloud-init gets at the first boot; empty is no such drive
 * @param tags the user's own, sorted by key
 * @param autostart whether it starts when its host has booted
 * @param placement on which hosts it may be
 * @param devices of the host that are passed through; with any, it cannot be moved live
 */
public record VmDeclaration(
        String name,
        int cores,
        Size memory,
        String cpuModel,
        Optional<String> machineType,
        Firmware firmware,
        boolean tpm,
        List<Disk> disks,
        List<Nic> nics,
        Optional<String> iso,
        boolean vnc,
        boolean serialConsole,
        boolean guestAgent,
        Optional<CloudInit> cloudInit,
        Map<String, String> tags,
        boolean autostart,
        Placement placement,
        List<Device> devices) {
    /** The CPU model that every host of the cluster can run. */
    public static final String BASELINE = "baseline";

    static final Range CORES = Range.of(1, 255);
    static final Range MEMORY =
            Range.ofSizes(new Size(VmSpec.MEMORY_UNIT_BYTES), Size.of(16, Size.Unit.TiB));
    static final Range DISKS = Range.of(0, 16);
    static final Range NICS = Range.of(0, 8);
    static final Range DEVICES = Range.of(0, 8);
    static final Range LABELS = Range.of(0, 64);

    public VmDeclaration {
        Naming.VM.check(name);
        CORES.check("The number of cores", cores);
        MEMORY.check("A VM's memory", memory);
        Naming.MODEL.check(cpuModel);
        machineType.ifPresent(Naming.MACHINE::check);
        disks = List.copyOf(disks);
        DISKS.check("The number of disks", disks.size());
        distinct("disk", disks.stream().map(Disk::name).toList());
        nics = List.copyOf(nics);
        NICS.check("The number of NICs", nics.size());
        distinct("MAC", nics.stream().flatMap(n -> n.mac().stream()).toList());
        iso.ifPresent(Naming.IMAGE::check);
        tags = labels(tags);
        devices = List.copyOf(devices);
        DEVICES.check("The number of devices", devices.size());
        distinct("device", devices);
    }

    /** What starts the guest's boot loader. */
    public enum Firmware {
        BIOS,
        UEFI;

        /** As it is written in the text. */
        public String label() {
            return VmDeclaration.label(this);
        }
    }

    /**
     * A disk.
     *
     * @param name unique in the VM; the guest sees it as the serial number
     * @param image that it begins as a copy of; empty begins with zeros
     * @param size as the guest sees it, a multiple of 512 bytes
     * @param format of its volume
     * @param cache how the host's page cache is used
     * @param pool of the host that its volume is in
     */
    public record Disk(
            String name,
            Optional<String> image,
            Size size,
            VmSpec.Format format,
            Cache cache,
            String pool) {
        /** The pool that every host has. */
        public static final String DEFAULT_POOL = "default";

        static final Range SIZE =
                Range.ofSizes(Size.of(512, Size.Unit.B), Size.of(64, Size.Unit.TiB));

        public Disk {
            Naming.DISK.check(name);
            image.ifPresent(Naming.IMAGE::check);
            SIZE.check("A disk's size", size);
            Naming.POOL.check(pool);
        }
    }

    /** How a disk uses the host's page cache. All keep what the guest has flushed. */
    public enum Cache {
        /** Not at all: the least is left to flush in a move's pause. */
        NONE,
        /** For reads and writes; a flush of the guest empties it. */
        WRITEBACK,
        /** For reads; each write is on the disk before the guest hears of it. */
        WRITETHROUGH,
        /** Not at all, and each write is on the disk before the guest hears of it. */
        DIRECTSYNC;

        /** As it is written in the text, and in QEMU. */
        public String label() {
            return VmDeclaration.label(this);
        }
    }

    /**
     * A network interface.
     *
     * @param network that it is on
     * @param mac lower-case and unicast; empty has Drover make one
     * @param queues pairs of receive and transmit queues, 1 to 64
     */
    public record Nic(String network, Optional<String> mac, int queues) {
        static final Range QUEUES = Range.of(1, 64);

        public Nic {
            Naming.NETWORK.check(network);
            mac.ifPresent(Naming.MAC::check);
            QUEUES.check("The number of queues", queues);
        }
    }

    /**
     * What cloud-init gets, each as its own file of the drive.
     *
     * @param userData such as a text that begins with {@code #cloud-config}, 1 to 65536 characters
     * @param sshKeys public keys for the image's default user, 64 at most
     * @param networkConfig in cloud-init's own format, 1 to 65536 characters
     */
    public record CloudInit(
            Optional<String> userData, List<String> sshKeys, Optional<String> networkConfig) {
        static final Range KEYS = Range.of(0, 64);

        public CloudInit {
            userData.ifPresent(FreeText::check);
            sshKeys = List.copyOf(sshKeys);
            KEYS.check("The number of SSH keys", sshKeys.size());
            sshKeys.forEach(Naming.SSH_KEY::check);
            distinct("SSH key", sshKeys);
            networkConfig.ifPresent(FreeText::check);
        }
    }

    /**
     * On which hosts a VM may be.
     *
     * @param hostLabels that a host must have, each with this value; sorted by key
     * @param keepApart groups: no two VMs that share one are on the same host
     */
    public record Placement(Map<String, String> hostLabels, List<String> keepApart) {
        static final Range GROUPS = Range.of(0, 64);

        /** On any. */
        public static final Placement ANYWHERE = new Placement(Map.of(), List.of());

        public Placement {
            hostLabels = labels(hostLabels);
            keepApart = List.copyOf(keepApart);
            GROUPS.check("The number of groups", keepApart.size());
            keepApart.forEach(Naming.GROUP::check);
            distinct("group", keepApart);
        }
    }

    /** A device of the host that the guest drives itself. */
    public sealed interface Device {
        /**
         * A PCI device.
         *
         * @param pci its address, such as {@code 0000:65:00.0}
         */
        record Pci(String pci) implements Device {
            public Pci {
                Naming.PCI.check(pci);
            }
        }

        /**
         * A USB device.
         *
         * @param usb its vendor and product, such as {@code 046d:c52b}
         */
        record Usb(String usb) implements Device {
            public Usb {
                Naming.USB.check(usb);
            }
        }
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> labels(Map<String, String> labels) {
        LABELS.check("The number of tags or labels", labels.size());
        labels.forEach((key, value) -> {
            Naming.LABEL.check(key);
            Naming.LABEL_VALUE.check(value);
        });
        return Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    private static void distinct(String what, List<?> values) {
        if (values.stream().distinct().count() < values.size()) {
            throw new IllegalArgumentException("A " + what + " comes twice in " + values);
        }
    }
}
