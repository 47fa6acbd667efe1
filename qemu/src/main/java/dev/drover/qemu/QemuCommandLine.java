package dev.drover.qemu;

import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a VM is to QEMU. The same specification gives the same machine on every host; only paths and
 * the tap differ. No default devices, and as few RAM blocks as possible: no display, no option ROM
 * of the NIC.
 *
 * <p>The process is always started with its vCPUs stopped; {@code cont} is another's decision.
 */
final class QemuCommandLine {
    /** Node of the disk in the block graph: what the guest sees. */
    static final String DISK_NODE = "disk0";

    /** Id of the disk's device. */
    static final String DISK_DEVICE = "blk0";

    private static final String FILE_NODE = "file0";

    private QemuCommandLine() {}

    /**
     * The program and its arguments.
     *
     * @param incoming true for a guest that waits for its memory
     * @param direct true when the volume's file system takes O_DIRECT: the host's page cache is
     *     left out then, so that a flush in the pause finds little to do
     */
    static List<String> of(
            QemuBinary binary,
            VmSpec spec,
            Allocation allocation,
            boolean incoming,
            boolean direct) {
        List<String> line = new ArrayList<>();
        line.add(binary.path().toString());
        line.addAll(List.of("-name", "guest=" + spec.name() + ",debug-threads=on"));
        line.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none"));
        line.addAll(List.of("-machine", binary.machine() + ",usb=off,vmport=off"));
        line.addAll(List.of("-accel", binary.accelerator().label()));
        line.addAll(List.of("-cpu", binary.accelerator().cpuModel()));
        line.addAll(List.of("-smp", binary.accelerator().processors(spec.cores())));
        line.addAll(List.of("-m", "size=" + spec.memoryBytes() / 1024 + "K"));
        line.addAll(console(allocation.directory()));
        line.addAll(disk(spec, allocation, direct));
        line.addAll(network(spec, allocation));
        line.addAll(boot(spec.boot(), allocation));
        line.addAll(control(allocation.directory()));
        if (incoming) {
            line.addAll(List.of("-incoming", "defer"));
        }
        line.add("-S");
        return List.copyOf(line);
    }

    private static List<String> console(Path directory) {
        return List.of(
                "-chardev",
                "file,id=console,append=on,path=" + escaped(directory.resolve("console.log")),
                "-serial",
                "chardev:console");
    }

    /**
     * {@code drop-cache=off}: hosts share nothing, so QEMU need not throw the page cache away when
     * a guest arrives (39 ms of {@code cont} measured).
     */
    private static List<String> disk(VmSpec spec, Allocation allocation, boolean direct) {
        VmSpec.Format format = spec.disk().format();
        return List.of(
                "-blockdev",
                "driver=file,node-name="
                        + FILE_NODE
                        + ",discard=unmap,drop-cache=off,cache.direct="
                        + (direct ? "on" : "off")
                        + ",filename="
                        + escaped(allocation.volume(format)),
                "-blockdev",
                "driver="
                        + format.label()
                        + ",node-name="
                        + DISK_NODE
                        + ",discard=unmap,file="
                        + FILE_NODE,
                "-device",
                "virtio-blk-pci,id=" + DISK_DEVICE + ",bootindex=1,drive=" + DISK_NODE);
    }

    private static List<String> network(VmSpec spec, Allocation allocation) {
        return List.of(
                "-netdev",
                "tap,id=net0,script=no,downscript=no,vhost=off,ifname=" + allocation.tap(),
                "-device",
                "virtio-net-pci,id=nic0,netdev=net0,romfile=,mac=" + spec.nic().mac());
    }

    private static List<String> boot(VmSpec.Boot boot, Allocation allocation) {
        return switch (boot) {
            case VmSpec.Boot.FromDisk() -> List.of("-boot", "strict=on");
            case VmSpec.Boot.Kernel(String commandLine) ->
                    List.of(
                            "-kernel",
                            allocation.kernel().toString(),
                            "-initrd",
                            allocation.initrd().toString(),
                            "-append",
                            commandLine);
        };
    }

    private static List<String> control(Path directory) {
        return List.of(
                "-chardev",
                "socket,id=qmp,server=on,wait=off,path="
                        + escaped(directory.resolve(QemuProcess.MONITOR)),
                "-mon",
                "chardev=qmp,mode=control",
                "-pidfile",
                directory.resolve(QemuProcess.PID_FILE).toString(),
                "-action",
                "reboot=reset,shutdown=pause,panic=pause",
                "-sandbox",
                "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
                "-msg",
                "timestamp=on");
    }

    /** In QEMU's lists of options a comma in a value is doubled. */
    private static String escaped(Path path) {
        return path.toString().replace(",", ",,");
    }
}
