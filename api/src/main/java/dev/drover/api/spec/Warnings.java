package dev.drover.api.spec;

import dev.drover.api.spec.VmDeclaration.Disk;
import java.util.List;
import java.util.Optional;

/** What can be used, but is worth telling. */
final class Warnings {
    private Warnings() {}

    static void about(
            Fields vm,
            Field<String> cpuModel,
            Field<List<Disk>> disks,
            Field<Optional<String>> iso) {
        Findings findings = vm.value().findings();
        if ("host".equals(cpuModel.value())) {
            findings.warn(
                    Finding.Kind.ADVICE,
                    cpuModel.at(),
                    cpuModel.path(),
                    "The CPU model 'host' moves only between hosts with the same CPU",
                    "Write " + VmDeclaration.BASELINE + ", or leave the field out");
        }
        if (List.of().equals(disks.value()) && Optional.empty().equals(iso.value())) {
            findings.warn(
                    Finding.Kind.ADVICE,
                    disks.at(),
                    disks.path(),
                    "There is neither a disk nor an ISO image to boot from",
                    "Add one, unless the guest boots from the network");
        }
    }

    static void aboutQueues(Fields nic, Field<Integer> queues, Field<Integer> cores) {
        if (queues.value() != null && cores.value() != null && queues.value() > cores.value()) {
            nic.value()
                    .findings()
                    .warn(
                            Finding.Kind.ADVICE,
                            queues.at(),
                            queues.path(),
                            queues.value() + " queues are more than the VM has cores",
                            "Write at most " + cores.value());
        }
    }

    static void aboutDevice(Value device) {
        device.findings()
                .warn(
                        Finding.Kind.CANNOT_MOVE,
                        device.at(),
                        device.path(),
                        "With a device of its host this VM cannot be moved live",
                        "Leave the device out, or shut the VM down for each move");
    }
}
