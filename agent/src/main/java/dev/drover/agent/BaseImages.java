package dev.drover.agent;

import dev.drover.block.DiskImage;
import dev.drover.block.VolumeException;
import dev.drover.engine.HostFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The disk images that new VMs of this host can begin as copies of: files, by their names. */
record BaseImages(Path directory) {
    /** Makes the directory if there is none. */
    static BaseImages in(Path directory) throws IOException {
        return new BaseImages(Files.createDirectories(directory).toAbsolutePath().normalize());
    }

    /** Throws {@link HostFailure} when there is none of this name, or it cannot be used. */
    DiskImage named(String name) {
        Path file = directory.resolve(name).normalize();
        if (!directory.equals(file.getParent()) || !Files.exists(file)) {
            throw new HostFailure(
                    "There is no base image '%s' on this host; put the file into %s, which has %s"
                            .formatted(name, directory, String.join(", ", names())));
        }
        try {
            return DiskImage.inspect(file);
        } catch (VolumeException e) {
            throw new HostFailure("Base image '" + name + "': " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostFailure("Interrupted while looking at base image '" + name + "'", e);
        }
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                    files.map(f -> f.getFileName().toString())
                            .sorted()
                            .collect(Collectors.toList());
            return names.isEmpty() ? List.of("none") : names;
        } catch (IOException e) {
            return List.of("what cannot be listed: " + e.getMessage());
        }
    }
}
