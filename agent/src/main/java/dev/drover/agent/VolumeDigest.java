package dev.drover.agent;

import dev.drover.block.ImageDigest;
import dev.drover.block.NbdClient;
import dev.drover.engine.ContentDigest;
import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.VmSpec;
import java.io.IOException;

/** The content of a volume, as hashes. */
final class VolumeDigest {
    private VolumeDigest() {}

    /** Of a volume that nobody writes to: its hypervisor is frozen, or dead. */
    static ContentDigest ofStopped(VmSpec spec, Allocation allocation)
            throws IOException, InterruptedException {
        VmSpec.Format format = spec.disk().format();
        try (VolumeServer server =
                VolumeServer.readOnly(
                        allocation.volume(format),
                        format,
                        allocation.directory().resolve("digest.sock"))) {
            return of(server.client());
        }
    }

    /** Of a point-in-time view. */
    static ContentDigest of(Disk.Export view) throws IOException, InterruptedException {
        try (NbdClient disk = NbdClient.connect(view.socket(), view.name(), NbdClient.ALLOCATION)) {
            return of(disk);
        }
    }

    private static ContentDigest of(NbdClient disk) throws IOException, InterruptedException {
        return new ContentDigest(disk.size(), ImageDigest.hex(ImageDigest.of(disk)));
    }
}
