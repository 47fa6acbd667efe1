package dev.drover.block;

import dev.drover.ports.VmSpec.Format;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A disk in a file that a guest can boot from, whole in itself. Nothing here writes to it.
 *
 * @param format of the file
 * @param sizeBytes as a guest sees it
 */
public record DiskImage(Path file, Format format, long sizeBytes) {
    private static final int SECTOR = 512;

    /** {@code qemu-img check}: clusters that nobody uses, as a crash leaves; no harm is in them. */
    private static final int LEAKED = 3;

    private static final String CONVERT = "Convert it: qemu-img convert -O qcow2";

    /**
     * Looks at a file.
     *
     * @throws VolumeException when it is missing, is no image that a guest could boot from, or
     *     depends on other files
     */
    public static DiskImage inspect(Path file) throws VolumeException, InterruptedException {
        if (!Files.exists(file)) {
            throw no(file, "there is no such file", "Check the path");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw no(file, "it is not a file that can be read", "Check the path and its rights");
        }
        JsonNode info = info(file);
        Format format = format(file, info.path("format").asString());
        refuseDependence(file, info);
        switch (format) {
            case RAW -> refuseUnbootable(file);
            case QCOW2 -> refuseDamaged(file);
        }
        return new DiskImage(file, format, info.path("virtual-size").asLong());
    }

    private static JsonNode info(Path file) throws VolumeException, InterruptedException {
        // -U: a running VM may hold the image; looking at it does no harm.
        QemuImg.Result info =
                QemuImg.run(
                        "Cannot look at " + file, "info", "-U", "--output=json", file.toString());
        if (info.status() == 0) {
            try {
                return JsonMapper.shared().readTree(info.output());
            } catch (JacksonException _) {
                // It printed a warning before.
            }
        }
        throw no(file, "it is no disk image: qemu-img says '" + info.output() + "'", CONVERT);
    }

    private static Format format(Path file, String name) throws VolumeException {
        return Arrays.stream(Format.values())
                .filter(f -> f.label().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        no(
                                file,
                                "it is of format " + name + ", and raw and qcow2 can be used",
                                CONVERT));
    }

    private static void refuseDependence(Path file, JsonNode info) throws VolumeException {
        Optional<String> other =
                Optional.ofNullable(info.path("backing-filename").asString(null))
                        .or(() ->
                                Optional.ofNullable(
                                        info.at("/format-specific/data/data-file").asString(null)));
        if (other.isPresent()) {
            throw no(
                    file,
                    "it needs another file, " + other.get(),
                    "Make it whole: qemu-img convert -O qcow2");
        }
        if (info.path("encrypted").asBoolean(false)) {
            throw no(file, "it is encrypted", "Take an image without a key");
        }
    }

    /**
     * Any file passes for raw; a disk has whole sectors, and 55 AA ends its first one (UEFI 5.2).
     */
    private static void refuseUnbootable(Path file) throws VolumeException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            // qemu-img rounds the size up to whole sectors; QEMU then writes to no such file.
            if (in.length() >= SECTOR && in.length() % SECTOR == 0) {
                in.seek(SECTOR - 2L);
                if (in.readUnsignedShort() == 0x55aa) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new VolumeException(
                    "Cannot use " + file, "it cannot be read", "Check the storage", e);
        }
        throw no(
                file,
                "it is no disk image: neither qcow2 nor raw with a boot sector and whole sectors"
                        + " of 512 bytes",
                "Check the path");
    }

    /** QEMU boots from a file that was cut short, and reads zeros for what is missing. */
    private static void refuseDamaged(Path file) throws VolumeException, InterruptedException {
        QemuImg.Result check =
                QemuImg.run(
                        "Cannot check " + file,
                        "check",
                        "-q",
                        "-U",
                        "-f",
                        "qcow2",
                        file.toString());
        if (check.status() != 0 && check.status() != LEAKED) {
            throw no(
                    file,
                    "it is damaged, or only a part of the file",
                    "See: qemu-img check " + file);
        }
    }

    private static VolumeException no(Path file, String why, String remedy) {
        return new VolumeException("Cannot use " + file, why, remedy);
    }
}
