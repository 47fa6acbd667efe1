package dev.drover.lab.guest;

import dev.drover.lab.Command;
import dev.drover.lab.LabException;
import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A user's own disk.
 *
 * @param file where it is; never written to
 * @param format of the file
 * @param sizeBytes as a guest sees it
 */
public record DiskImage(Path file, VmSpec.Format format, long sizeBytes) {
    private static final int SECTOR = 512;

    /** Status 3: clusters that nobody uses (qemu-img(1)), as a crash leaves; no harm is in them. */
    private static final String CHECK = "qemu-img check -q -U -f qcow2 \"$1\" || test $? -eq 3";

    /**
     * Looks at a file.
     *
     * @throws LabException when it is missing, is no image that a guest could boot from, or depends
     *     on other files
     */
    public static DiskImage inspect(Path file) {
        if (!Files.exists(file)) {
            throw new LabException("There is no disk image " + file);
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new LabException(file + " is not a file that can be read");
        }
        JsonNode info = info(file);
        VmSpec.Format format = format(file, info.path("format").asString());
        long sizeBytes = info.path("virtual-size").asLong();
        refuseDependence(file, info);
        switch (format) {
            case RAW -> refuseUnbootable(file);
            case QCOW2 -> refuseDamaged(file);
        }
        return new DiskImage(file, format, sizeBytes);
    }

    private static JsonNode info(Path file) {
        try {
            // -U: a running VM may hold the image; looking at it does no harm.
            return JsonMapper.shared()
                    .readTree(
                            Command.run(
                                    "qemu-img", "info", "-U", "--output=json", file.toString()));
        } catch (LabException e) {
            throw new LabException(file + " is no disk image that qemu-img understands", e);
        }
    }

    private static VmSpec.Format format(Path file, String name) {
        for (VmSpec.Format format : VmSpec.Format.values()) {
            if (format.label().equals(name)) {
                return format;
            }
        }
        throw new LabException(
                "%s is of format %s; raw and qcow2 can be used. Convert it: qemu-img convert -O qcow2"
                        .formatted(file, name));
    }

    private static void refuseDependence(Path file, JsonNode info) {
        Optional<String> other =
                Optional.ofNullable(info.path("backing-filename").asString(null))
                        .or(() ->
                                Optional.ofNullable(
                                        info.at("/format-specific/data/data-file").asString(null)));
        if (other.isPresent()) {
            throw new LabException(
                    "%s needs another file, %s. Make it whole: qemu-img convert -O qcow2"
                            .formatted(file, other.get()));
        }
        if (info.path("encrypted").asBoolean(false)) {
            throw new LabException(file + " is encrypted; an image without a key is needed");
        }
    }

    /**
     * Any file passes for raw; a disk has whole sectors, and 55 AA ends its first one (UEFI 5.2).
     */
    private static void refuseUnbootable(Path file) {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            // qemu-img rounds the size up to whole sectors; QEMU then writes to no such file.
            if (in.length() >= SECTOR && in.length() % SECTOR == 0) {
                in.seek(SECTOR - 2L);
                if (in.readUnsignedShort() == 0x55aa) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new LabException(
                file
                        + " is no disk image: neither qcow2 nor raw with a boot sector and whole"
                        + " sectors of 512 bytes");
    }

    /** QEMU boots from a file that was cut short, and reads zeros for what is missing. */
    private static void refuseDamaged(Path file) {
        try {
            String _ = Command.run("sh", "-c", CHECK, "sh", file.toString());
        } catch (LabException e) {
            throw new LabException(
                    file + " is damaged, or only a part of the file; see: qemu-img check " + file,
                    e);
        }
    }

    /**
     * Copies the disk into a VM's directory, by the name of {@link Allocation}; holes stay holes.
     */
    public void copyTo(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        GuestImage.copySparsely(file, new Allocation(directory, "unused").volume(format));
    }
}
