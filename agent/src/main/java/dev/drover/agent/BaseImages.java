package dev.drover.agent;

import dev.drover.api.HostAddress;
import dev.drover.api.ImageStream;
import dev.drover.api.Origin;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.Streams;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.block.DiskImage;
import dev.drover.block.VolumeException;
import dev.drover.block.Volumes;
import dev.drover.engine.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The base images that this host has: each a file, by the SHA-256 of its content. VMs begin as
 * copies of them, so one may be removed at any time. Thread-safe.
 */
final class BaseImages {
    private static final String SHA256 = "[0-9a-f]{64}";

    /** Of a file that is not whole, or not looked at yet. */
    private static final String PART = ".part";

    private final Path directory;

    private BaseImages(Path directory) {
        this.directory = directory;
    }

    /** Makes the directory if there is none, and removes what an earlier agent had not finished. */
    static BaseImages in(Path directory) throws IOException {
        BaseImages images = new BaseImages(Files.createDirectories(directory));
        for (String name : images.names()) {
            if (name.endsWith(PART)) {
                Files.delete(directory.resolve(name));
            }
        }
        return images;
    }

    /** The SHA-256 of each, sorted. */
    List<String> all() {
        try {
            return names().stream().filter(name -> name.matches(SHA256)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    boolean has(String sha256) {
        return Files.exists(file(sha256));
    }

    /** Throws {@link HostFailure} when it is not here, or cannot be used any more. */
    DiskImage image(Origin.Image origin) {
        try {
            return DiskImage.inspect(file(origin.sha256()));
        } catch (VolumeException e) {
            throw new HostFailure("Base image '" + origin.name() + "': " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostFailure("Interrupted while looking at base image " + origin.name(), e);
        }
    }

    /**
     * Takes a file in, to its end, and brings it to stable storage. One of other content, or that
     * is no image by itself, is refused with a {@link HostFailure}, and nothing of it is kept.
     */
    ImageStream.Facts take(String sha256, InputStream in) throws IOException, InterruptedException {
        Path file = file(sha256);
        Path part = Files.createTempFile(directory, sha256, PART);
        try {
            String came = copy(in, part);
            if (!came.equals(sha256)) {
                throw new HostFailure(
                        "What came is not what was announced: its SHA-256 is " + came);
            }
            DiskImage image = inspect(part);
            Volumes.sync(part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            Volumes.sync(file);
            return new ImageStream.Facts(image.format(), image.sizeBytes());
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Throws {@link HostFailure} when a file of so many bytes has no room. */
    void requireSpace(long bytes) {
        try {
            Volumes.requireSpace("Cannot take the base image", directory, bytes);
        } catch (VolumeException e) {
            throw new HostFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /** Whoever sent it knows it by another name than the file's. */
    private static DiskImage inspect(Path part) throws InterruptedException {
        try {
            return DiskImage.inspect(part);
        } catch (VolumeException e) {
            String said = String.valueOf(e.getMessage());
            throw new HostFailure(said.replace(part.toString(), "FILE"), e);
        }
    }

    private static String copy(InputStream in, Path file) throws IOException {
        try (var out = new DigestOutputStream(Files.newOutputStream(file), digest())) {
            in.transferTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Sends one to another host. */
    void serve(String sha256, OutputStream out) throws IOException {
        try {
            Files.copy(file(sha256), out);
        } catch (NoSuchFileException e) {
            throw new HostFailure("The base image was removed here", e);
        }
    }

    /**
     * Gets one from another host, unless it is here. Throws {@link HostFailure} when no holder
     * sends it.
     */
    void obtain(Origin.Image image, Identity identity) throws InterruptedException {
        if (!has(image.sha256())) {
            fetch(image, identity);
        }
    }

    /** One at a time. */
    private synchronized void fetch(Origin.Image image, Identity identity)
            throws InterruptedException {
        if (has(image.sha256())) {
            return; // It came while this one waited.
        }
        requireSpace(image.fileBytes());
        List<String> complaints = new ArrayList<>();
        for (HostAddress holder : image.holders()) {
            try (Streams streams = open(holder, identity, new ImageStream.Wish(image.sha256()))) {
                take(image.sha256(), streams.in());
                return;
            } catch (LinkException | IOException | HostFailure e) {
                complaints.add(holder.name() + ": " + e.getMessage());
            }
        }
        throw new HostFailure(
                complaints.isEmpty()
                        ? notHere(image)
                        : "Base image '%s' did not come from any host that has it. %s"
                                .formatted(image.name(), String.join(". ", complaints)));
    }

    private static Streams open(HostAddress holder, Identity identity, ImageStream wish) {
        return Streams.open(
                holder.socketAddress(),
                identity,
                Subject.host(holder.name()),
                ImageStream.PURPOSE,
                wish);
    }

    /** Throws {@link HostFailure} when one is neither here nor on a host that could send it. */
    void requireObtainable(Origin.Image image) {
        if (!has(image.sha256()) && image.holders().isEmpty()) {
            throw new HostFailure(notHere(image));
        }
    }

    private static String notHere(Origin.Image image) {
        return "Base image '%s' is not on this host, and no host that has it is connected; start the agent of one that has, or add the image again"
                .formatted(image.name());
    }

    /** Removes one. Idempotent. */
    void drop(String sha256) {
        try {
            Volumes.delete(file(sha256));
        } catch (VolumeException e) {
            throw new HostFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /** Only what can be no other file's name. */
    private Path file(String sha256) {
        if (!sha256.matches(SHA256)) {
            throw new HostFailure("'" + sha256 + "' is no SHA-256 in lower-case hexadecimal");
        }
        return directory.resolve(sha256);
    }
}
