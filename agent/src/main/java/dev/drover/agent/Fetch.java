package dev.drover.agent;

import dev.drover.api.MoveOrder;
import dev.drover.block.Volumes;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whole files that the second host of a move takes from the first. */
record Fetch(MoveOrder order, HostContext host) {
    /** What a kernel boot needs, if the VM boots so; on stable storage. */
    void bootFiles(LocalVm vm) throws IOException {
        if (vm.spec().boot() instanceof VmSpec.Boot.Kernel) {
            file(Streaming.Kind.KERNEL, vm.allocation().kernel());
            file(Streaming.Kind.INITRD, vm.allocation().initrd());
        }
    }

    /** The memory that the VM sleeps on: on return it is whole and on stable storage. */
    void savedMemory(LocalVm vm) throws IOException {
        try (Tunnel tunnel = open(Streaming.Kind.SAVED_MEMORY)) {
            vm.memoryFile().receive(tunnel.streams().in());
        }
    }

    private void file(Streaming.Kind kind, Path file) throws IOException {
        try (Tunnel tunnel = open(kind)) {
            Files.copy(tunnel.streams().in(), file);
            Volumes.sync(file);
        }
    }

    private Tunnel open(Streaming.Kind kind) {
        return Tunnel.open(order.source(), host.identity(), Streaming.of(order, kind));
    }
}
