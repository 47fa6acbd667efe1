package dev.drover.qemu;

import dev.drover.ports.Allocation;
import dev.drover.ports.Hypervisor;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The command line of a VM's QEMU (qemu-system-x86_64(1)); the same on both hosts of a move. */
final class QemuCommandLine {
    /** The node (QMP schema BlockdevOptions) that is the guest's disk. */
    static final String DISK = "disk0";

    /** sun_path of linux/un.h, less the NUL. */
    private static final int LONGEST_SOCKET = 107;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private QemuCommandLine() {}

    /** The QMP socket in a VM's directory. */
    static Path qmp(Path directory) {
        return socket(directory, "qmp.sock");
    }

    /**
     * A socket in a VM's directory; throws {@link HypervisorException} when its path is too long.
     */
    static Path socket(Path directory, String name) {
        Path socket = directory.resolve(name);
        if (socket.toString().length() > LONGEST_SOCKET) {
            throw new HypervisorException(
                    "The path of the socket "
                            + socket
                            + " is longer than "
                            + LONGEST_SOCKET
                            + " characters; choose a shorter state directory or VM name");
        }
        return socket;
    }

    /** How a VM's process is told from others: this argument is its own. */
    static String qmpArgument(Path directory) {
        return "unix:" + qmp(directory) + ",server=on,wait=off";
    }

    static List<String> of(
            Path binary,
            Hypervisor.Info info,
            VmSpec spec,
            Allocation allocation,
            boolean incoming) {
        Path directory = allocation.directory();
        List<String> words = new ArrayList<>(List.of("setsid", binary.toString()));
        add(words, "-name", spec.name());
        add(words, "-machine", info.machine());
        add(words, "-accel", info.accelerator());
        add(words, "-cpu", info.accelerator().equals("kvm") ? "host" : "max");
        add(words, "-smp", Integer.toString(spec.cores()));
        add(words, "-m", "size=" + spec.memoryBytes() / 1024 + "K");
        words.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none"));
        add(words, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny");
        add(words, "-qmp", qmpArgument(directory));
        add(words, "-serial", "file:" + directory.resolve("console.log"));
        addDisk(words, spec, allocation);
        addNic(words, spec, allocation);
        addBoot(words, spec, allocation);
        if (incoming) {
            words.addAll(List.of("-S", "-incoming", "defer"));
        }
        return List.copyOf(words);
    }

    /**
     * Page cache, synced where the guest flushes: {@code drop-cache} would cost 20 ms at resume.
     */
    private static void addDisk(List<String> words, VmSpec spec, Allocation allocation) {
        ObjectNode file = JSON.createObjectNode();
        file.put("driver", "file");
        file.put("node-name", "file0");
        file.put("filename", allocation.volume(spec.disk().format()).toString());
        file.put("drop-cache", false);
        file.put("discard", "unmap");
        ObjectNode disk = JSON.createObjectNode();
        disk.put("driver", spec.disk().format().label());
        disk.put("node-name", DISK);
        disk.put("file", "file0");
        disk.put("discard", "unmap");
        add(words, "-blockdev", file.toString());
        add(words, "-blockdev", disk.toString());
        add(words, "-device", "virtio-blk-pci,drive=" + DISK + ",id=vd0,bootindex=1");
    }

    private static void addNic(List<String> words, VmSpec spec, Allocation allocation) {
        add(
                words,
                "-netdev",
                "tap,id=net0,script=no,downscript=no,vhost=off,ifname=" + allocation.tap());
        add(
                words,
                "-device",
                "virtio-net-pci,id=nic0,netdev=net0,romfile=,mac=" + spec.nic().mac());
    }

    private static void addBoot(List<String> words, VmSpec spec, Allocation allocation) {
        switch (spec.boot()) {
            case VmSpec.Boot.FromDisk() -> {}
            case VmSpec.Boot.Kernel(String commandLine) -> {
                add(words, "-kernel", allocation.kernel().toString());
                add(words, "-initrd", allocation.initrd().toString());
                add(words, "-append", commandLine);
            }
        }
    }

    private static void add(List<String> words, String option, String value) {
        words.add(option);
        words.add(value);
    }
}
