package dev.drover.agent;

import dev.drover.api.link.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** One JSON file for each VM that this host has anything of, replaced atomically. Thread-safe. */
final class VmJournal {
    private static final String SUFFIX = ".json";

    private final Path directory;

    VmJournal(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** Forgets a VM. Idempotent. */
    void remove(String vm) {
        try {
            Files.deleteIfExists(file(vm));
            sync(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Removing the journal of VM " + vm + " failed", e);
        }
    }

    /** Everything that is known. */
    List<Standing> readAll() throws IOException {
        List<Standing> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                all.add(Json.read(Files.readAllBytes(file), Standing.class));
            }
        }
        return all;
    }

    /** On return it survives the end of this process and of the machine. */
    synchronized void persist(Standing standing) {
        Path file = file(standing.vm().name());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(Json.write(standing));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Writing the journal of VM " + standing.vm().name() + " failed", e);
        }
    }

    /** Brings the entries of a directory to stable storage. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path file(String vm) {
        return directory.resolve(vm + SUFFIX);
    }
}
