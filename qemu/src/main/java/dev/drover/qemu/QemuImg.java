package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The program qemu-img(1). */
final class QemuImg {
    private QemuImg() {}

    /** Makes an empty qcow2 file, in place of one that may be there. */
    static void create(Path file, long sizeBytes) {
        try {
            Process process =
                    new ProcessBuilder(
                                    "qemu-img",
                                    "create",
                                    "-q",
                                    "-f",
                                    "qcow2",
                                    file.toString(),
                                    Long.toString(sizeBytes))
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new HypervisorException("Making the scratch file failed: " + said.strip());
            }
        } catch (IOException e) {
            throw new HypervisorException(
                    "qemu-img cannot be run: install the package qemu-utils", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Making the scratch file was given up", e);
        }
    }
}
