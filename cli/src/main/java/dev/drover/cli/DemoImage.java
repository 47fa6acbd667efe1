package dev.drover.cli;

import dev.drover.block.DiskImage;
import dev.drover.block.VolumeException;
import dev.drover.block.Volumes;
import dev.drover.lab.LabException;
import dev.drover.lab.Layout;
import dev.drover.lab.guest.Cache;
import dev.drover.lab.guest.GuestImage;
import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the demo's VM is, and where its disk comes from.
 *
 * @param vm the specification asked for
 */
record DemoImage(VmSpec vm, Source source) {
    /** Of the demo's VM. */
    static final String NAME = "demo";

    /** Puts what the VM boots from into a directory. */
    interface Source {
        void install(Path directory) throws IOException, InterruptedException;
    }

    /** The demo's own guest, or the user's image. Throws {@link BadInput}; nothing is changed. */
    static DemoImage prepare(DemoOptions options, LiveView view) {
        try {
            return options.image().isPresent()
                    ? ofUser(options, inspect(options.image().get()))
                    : ofLab(options, view);
        } catch (LabException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    private static DemoImage ofUser(DemoOptions options, DiskImage image) {
        VmSpec.DiskSpec disk = new VmSpec.DiskSpec(image.format(), image.sizeBytes());
        return new DemoImage(
                spec(options, disk, new VmSpec.Boot.FromDisk()),
                directory ->
                        Volumes.copy(
                                image,
                                new Allocation(directory, "unused").volume(image.format()),
                                image.format(),
                                image.sizeBytes()));
    }

    /** A user's image; throws {@link BadInput} when it cannot be used. */
    static DiskImage inspect(Path file) {
        try {
            return DiskImage.inspect(file);
        } catch (VolumeException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BadInput("Interrupted while looking at " + file);
        }
    }

    private static DemoImage ofLab(DemoOptions options, LiveView view) {
        Path cache = options.stateDirectory().resolve("cache");
        view.say(
                Files.exists(cache)
                        ? "Preparing the guest"
                        : "Preparing the guest: it is built out of this machine's kernel package");
        GuestImage image = GuestImage.prepare(new Cache(cache));
        if (options.diskBytes() < image.minimumDiskBytes()) {
            throw new BadInput(
                    "--disk-size is at least "
                            + Math.ceilDiv(image.minimumDiskBytes(), 1L << 20)
                            + " MiB for the demo's guest, not "
                            + Sizes.inWords(options.diskBytes()));
        }
        String commandLine = GuestImage.commandLine(Layout.GUEST_ADDRESS, options.memoryBytes());
        VmSpec.DiskSpec disk = new VmSpec.DiskSpec(options.format(), options.diskBytes());
        return new DemoImage(
                spec(options, disk, new VmSpec.Boot.Kernel(commandLine)),
                directory -> image.install(directory, options.format(), options.diskBytes()));
    }

    private static VmSpec spec(DemoOptions options, VmSpec.DiskSpec disk, VmSpec.Boot boot) {
        return new VmSpec(
                NAME,
                1,
                options.memoryBytes(),
                disk,
                new VmSpec.NicSpec(Layout.GUEST_MAC, Layout.VM_BRIDGE),
                boot);
    }
}
