package dev.drover.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
