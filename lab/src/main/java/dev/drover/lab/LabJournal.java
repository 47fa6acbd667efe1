package dev.drover.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a lab makes on this machine, written down before it is made, so that a later run can remove
 * what a killed one left. A text file, a fact a line:
 *
 * <pre>
 *   boot ID             /proc/sys/kernel/random/boot_id: nothing made before survives a boot
 *   namespace NAME      about to be made
 *   made NAME INODE     it is, and this is how to know it again
 *   directory PATH      about to be made
 * </pre>
 *
 * Each line is on stable storage when the call that adds it returns. Not thread-safe.
 */
public final class LabJournal implements AutoCloseable {
    private final FileChannel channel;

    private LabJournal(FileChannel channel) {
        this.channel = channel;
    }

    /** Begins a journal; an older one of that name is given up. */
    public static LabJournal begin(Path file) throws IOException {
        var journal =
                new LabJournal(
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE));
        journal.add("boot " + bootId());
        return journal;
    }

    /** The namespace is about to be made. */
    public void namespace(String name) throws IOException {
        add("namespace " + name);
    }

    /** The namespace exists. */
    public void made(String name, long identity) throws IOException {
        add("made " + name + " " + identity);
    }

    /** The directory is about to be made. */
    public void directory(Path path) throws IOException {
        add("directory " + path);
    }

    private void add(String line) throws IOException {
        ByteBuffer bytes = UTF_8.encode(line + "\n");
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * What a journal says.
     *
     * @param namespaces by name, with the inode where it had been made; empty after a boot, which
     *     leaves no namespace
     * @param directories that may exist
     */
    public record Contents(Map<String, OptionalLong> namespaces, List<Path> directories) {}

    /** Reads a journal; a last line that was cut off does not count. */
    public static Contents read(Path file) throws IOException {
        return parse(Files.readString(file), bootId());
    }

    static Contents parse(String text, String bootId) {
        var namespaces = new LinkedHashMap<String, OptionalLong>();
        var directories = new ArrayList<Path>();
        boolean thisBoot = false;
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        for (String line : whole.lines().toList()) {
            int space = line.indexOf(' ');
            String word = space < 0 ? line : line.substring(0, space);
            String rest = line.substring(space + 1);
            switch (word) {
                case "boot" -> thisBoot = rest.equals(bootId);
                case "namespace" -> namespaces.put(rest, OptionalLong.empty());
                case "made" -> {
                    String[] made = rest.split(" ", 2);
                    namespaces.put(made[0], OptionalLong.of(Long.parseLong(made[1])));
                }
                case "directory" -> directories.add(Path.of(rest));
                default -> throw new LabException("The lab's journal has a strange line: " + line);
            }
        }
        return new Contents(thisBoot ? namespaces : Map.of(), directories);
    }

    private static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
