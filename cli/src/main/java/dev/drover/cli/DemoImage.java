package dev.drover.cli;

import dev.drover.lab.LabException;
import dev.drover.lab.Layout;
import dev.drover.lab.guest.Cache;
import dev.drover.lab.guest.DiskImage;
import dev.drover.lab.guest.GuestImage;
import dev.drover.ports.VmSpec;
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
        void install(Path directory);
    }

    /** The demo's own guest, or the user's image. Throws {@link BadInput}; nothing is changed. */
    static DemoImage prepare(DemoOptions options, LiveView view) {
        try {
            return options.image().isPresent()
                    ? ofUser(options, DiskImage.inspect(options.image().get()))
                    : ofLab(options, view);
        } catch (LabException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    private static DemoImage ofUser(DemoOptions options, DiskImage image) {
        VmSpec.DiskSpec disk = new VmSpec.DiskSpec(image.format(), image.sizeBytes());
        return new DemoImage(spec(options, disk, new VmSpec.Boot.FromDisk()), image::copyTo);
    }

    private static DemoImage ofLab(DemoOptions options, LiveView view) {
        view.say("Preparing the guest (built out of this machine's kernel package the first time)");
        GuestImage image = GuestImage.prepare(new Cache(options.stateDirectory().resolve("cache")));
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
