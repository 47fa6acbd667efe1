package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What software emulation makes of a guest's memory barriers. */
class BarrierIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * At the reset vector: {@code mfence; lock add word [0],1; hlt} (Intel SDM 2A and 2B). A
     * virtual queue needs either between "here is a buffer" and "do you want to be told?".
     */
    private static final byte[] CODE = {
        0x0f,
        (byte) 0xae,
        (byte) 0xf0,
        (byte) 0xf0,
        (byte) 0x83,
        0x06,
        0x00,
        0x00,
        0x01,
        (byte) 0xf4
    };

    @TempDir private Path directory;

    @Test
    void aGuestOfOneCoreKeepsItsBarriersAndAtomicInstructions() throws Exception {
        byte[] image = new byte[64 << 10];
        System.arraycopy(CODE, 0, image, image.length - 16, CODE.length);
        Path firmware = Files.write(directory.resolve("firmware"), image);
        Path log = directory.resolve("operations");
        Process qemu = run(firmware, log, Accelerator.TCG.processors(1));
        try {
            String operations = awaitHalt(log);
            assertThat(operations).contains(" mb $").contains("atomic_add");
        } finally {
            qemu.destroyForcibly().waitFor();
        }
    }

    private static Process run(Path firmware, Path log, String processors) throws Exception {
        List<String> line =
                List.of(
                        TestHost.QEMU.toString(),
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-accel",
                        "tcg",
                        "-m",
                        "8",
                        "-smp",
                        processors,
                        "-bios",
                        firmware.toString(),
                        "-d",
                        "in_asm,op",
                        "-D",
                        log.toString());
        return new ProcessBuilder(line).inheritIO().start();
    }

    /** The intermediate operations of all that was translated, the halt last. */
    private static String awaitHalt(Path log) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String text = "";
        while (!text.contains("hlt") || !text.contains("exit_tb")) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
            text = Files.exists(log) ? Files.readString(log) : "";
        }
        return text;
    }
}
