package dev.drover.lab.guest;

import dev.drover.lab.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The program that runs in the guest, compiled on this machine from the sources that we ship. */
public final class GuestProgram {
    private static final String PROGRAM = "init";
    private static final List<String> SOURCES =
            List.of(
                    "guest.h",
                    "init.c",
                    "answer.c",
                    "stream.c",
                    "unit.c",
                    "arena.c",
                    "region.c",
                    "control.c",
                    "button.c");

    private GuestProgram() {}

    /** The static program out of the cache, or compiled now. */
    public static Path compile(Cache cache) {
        return cache.get("program-" + digest(), GuestProgram::compileIn).resolve(PROGRAM);
    }

    /** Twelve hexadecimal digits that change with any source. */
    static String digest() {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            for (String source : SOURCES) {
                sha256.update(read(source));
            }
            return HexFormat.of().formatHex(sha256.digest(), 0, 6);
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException("The guest's sources cannot be read", e);
        }
    }

    private static byte[] read(String source) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GuestProgram.class.getResourceAsStream("c/" + source))) {
            return in.readAllBytes();
        }
    }

    private static void compileIn(Path directory) throws IOException {
        Files.createDirectory(directory);
        var command =
                new ArrayList<>(
                        List.of("gcc", "-O2", "-std=gnu11", "-static", "-pthread", "-o", PROGRAM));
        for (String source : SOURCES) {
            Files.write(directory.resolve(source), read(source));
            if (source.endsWith(".c")) {
                command.add(source);
            }
        }
        Command.run(command, "", directory);
    }
}
