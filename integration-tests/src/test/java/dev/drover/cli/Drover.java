package dev.drover.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code drover} as a process of its own. */
final class Drover {
    private Drover() {}

    /** The command line that runs it with these words. */
    static List<String> command(String... words) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "env",
                                "--default-signal=INT", // a background job would ignore it
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        command.addAll(List.of(words));
        return command;
    }

    /**
     * All processes with their command lines, whole: {@link ProcessHandle.Info} leaves out those of
     * more than 4 KiB, which a class path makes of every service.
     */
    static Map<ProcessHandle, String> processes() {
        Map<ProcessHandle, String> lines = new HashMap<>();
        ProcessHandle.allProcesses()
                .forEach(process -> {
                    try {
                        Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
                        lines.put(process, Files.readString(file).replace('\0', ' '));
                    } catch (IOException _) {
                        // It has ended.
                    }
                });
        return lines;
    }

    /** A disk whose boot sector waits for ever: {@code sti; hlt; jmp .-1}. */
    static byte[] waitingDisk() {
        byte[] disk = new byte[8 << 20];
        System.arraycopy(
                new byte[] {(byte) 0xfb, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd}, 0, disk, 0, 4);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        return disk;
    }
}
