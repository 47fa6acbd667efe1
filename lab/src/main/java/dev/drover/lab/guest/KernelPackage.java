package dev.drover.lab.guest;

import dev.drover.lab.Command;
import dev.drover.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The distribution's kernel: the one that is installed here, or the one in the distribution's
 * package, which is downloaded and unpacked but not installed.
 *
 * @param kernel what QEMU loads
 * @param modules the files to insert, and {@code order}, which names them a line each
 */
public record KernelPackage(Path kernel, Path modules) {
    /** Of Debian, and of Ubuntu. */
    private static final List<String> META_PACKAGES =
            List.of("linux-image-amd64", "linux-image-generic");

    private static final List<String> REQUIRED =
            List.of("virtio_pci", "virtio_blk", "virtio_net", "ext4");

    /**
     * ext4 asks for its checksum by name at run time, when nobody is there to insert it. The last
     * two are the ACPI power button, and the way to hear of it.
     */
    private static final List<String> WANTED =
            List.of("crc32c_generic", "libcrc32c", "button", "evdev");

    /**
     * The kernel out of the cache, or put there now.
     *
     * @throws LabException when there is none here and the package cannot be had
     */
    public static KernelPackage find(Cache cache) {
        Optional<Path> installed = installed(Path.of("/boot"), Path.of("/lib/modules"));
        Path entry =
                installed
                        .map(vmlinuz ->
                                cache.get(
                                        entry(version(vmlinuz)),
                                        path -> fromInstalled(vmlinuz, path)))
                        .orElseGet(
                                () -> cache.get(entry("package"), KernelPackage::fromDistribution));
        return new KernelPackage(entry.resolve("kernel"), entry.resolve("modules"));
    }

    /** Another choice of modules is another entry. */
    private static String entry(String kernel) {
        return "kernel-%s-%08x".formatted(kernel, REQUIRED.hashCode() ^ WANTED.hashCode());
    }

    /** The newest vmlinuz whose modules are there too. */
    static Optional<Path> installed(Path boot, Path modules) {
        if (!Files.isDirectory(boot)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(boot)) {
            return files.filter(file -> file.getFileName().toString().startsWith("vmlinuz-"))
                    .filter(Files::isReadable)
                    .filter(file -> Files.isDirectory(modules.resolve(version(file), "kernel")))
                    .max(Comparator.comparing(Path::getFileName));
        } catch (IOException e) {
            throw new LabException("Cannot look for an installed kernel in " + boot, e);
        }
    }

    private static String version(Path vmlinuz) {
        return vmlinuz.getFileName().toString().substring("vmlinuz-".length());
    }

    private static void fromInstalled(Path vmlinuz, Path entry) throws IOException {
        Files.createDirectory(entry);
        take(vmlinuz, Path.of("/lib/modules", version(vmlinuz)), entry);
    }

    private static void fromDistribution(Path entry) throws IOException {
        Files.createDirectory(entry);
        Path work = Files.createDirectory(entry.resolve("work"));
        Path archive = download(work);
        Path tree = work.resolve("tree");
        unpack(archive, Files.createDirectory(tree));
        Path lib = tree.resolve("lib", "modules");
        Path modules = Files.isDirectory(lib) ? lib : tree.resolve("usr", "lib", "modules");
        Path vmlinuz =
                installed(tree.resolve("boot"), modules)
                        .orElseThrow(() ->
                                new LabException(
                                        archive.getFileName() + " holds no kernel with modules"));
        take(vmlinuz, modules.resolve(version(vmlinuz)), entry);
        Cache.deleteTree(work);
    }

    /** Leaves out most of 390 MB, drivers of devices that no guest here has. */
    private static void unpack(Path archive, Path tree) {
        Command.run(
                "sh",
                "-c",
                """
                dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" \
                    --exclude='*/kernel/sound' --exclude='*/drivers/gpu' \
                    --exclude='*/drivers/media' --exclude='*/drivers/net/wireless' \
                    --exclude='*/drivers/net/ethernet' --exclude='*/drivers/infiniband' \
                    --exclude='*/drivers/scsi' --exclude='*/drivers/usb' \
                    --exclude='*/drivers/iio' --exclude='*/drivers/staging' \
                    --exclude='./usr/share'
                """,
                "unpack",
                archive.toString(),
                tree.toString());
    }

    private static Path download(Path work) throws IOException {
        String name = offered();
        try {
            Command.run(
                    List.of("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", name),
                    "",
                    work);
        } catch (LabException e) {
            throw new LabException(
                    ("The guest's kernel, package %s, cannot be downloaded. Run apt-get update, or"
                                    + " install it")
                            .formatted(name),
                    e);
        }
        try (Stream<Path> files = Files.list(work)) {
            return files.filter(file -> file.toString().endsWith(".deb"))
                    .findFirst()
                    .orElseThrow(() -> new LabException("apt-get left no file of " + name));
        }
    }

    /** The distribution's kernel package; its lists are fetched when they know none. */
    private static String offered() {
        return known().or(
                        () -> {
                            Command.run("apt-get", "-qq", "update");
                            return known();
                        })
                .orElseThrow(() ->
                        new LabException(
                                "No package is known that holds a kernel (looked for "
                                        + String.join(", ", META_PACKAGES)
                                        + "); install a kernel, so that it lies in /boot"));
    }

    private static Optional<String> known() {
        for (String meta : META_PACKAGES) {
            try {
                Optional<String> name = packageName(Command.run("apt-cache", "depends", meta));
                if (name.isPresent()) {
                    return name;
                }
            } catch (LabException _) {
                // It is not known here.
            }
        }
        return Optional.empty();
    }

    /** The first package with a kernel that a meta package depends on. */
    static Optional<String> packageName(String depends) {
        return depends.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("Depends: linux-image-"))
                .map(line -> line.substring("Depends: ".length()))
                .findFirst();
    }

    private static void take(Path vmlinuz, Path modules, Path entry) throws IOException {
        Files.write(entry.resolve("kernel"), KernelImage.bootable(Files.readAllBytes(vmlinuz)));
        Path directory = Files.createDirectory(entry.resolve("modules"));
        Map<String, byte[]> closure = new KernelModules(modules).closure(REQUIRED, WANTED);
        var order = new StringBuilder();
        for (var module : closure.entrySet()) {
            String file = module.getKey() + ".ko";
            Files.write(directory.resolve(file), module.getValue());
            order.append(file).append('\n');
        }
        Files.writeString(directory.resolve("order"), order);
    }
}
