package dev.drover.block;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs qemu-img(1). */
final class QemuImg {
    private QemuImg() {}

    /** What it printed, on both streams, and its exit status. */
    record Result(int status, String output) {}

    /**
     * Runs it to its end; it is killed when this thread is interrupted.
     *
     * @param what cannot be done when it cannot be run, for the message
     */
    static Result run(String what, String... words) throws VolumeException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(words));
        try {
            Path said = Files.createTempFile("qemu-img", ".log"); // A pipe is read to its end.
            try {
                Process process =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(said.toFile())
                                .start();
                try {
                    process.getOutputStream().close();
                    int status = process.waitFor();
                    return new Result(status, Files.readString(said).strip());
                } finally {
                    process.destroyForcibly();
                }
            } finally {
                Files.delete(said);
            }
        } catch (IOException e) {
            throw new VolumeException(
                    what, "qemu-img could not be run", "Install the package qemu-utils", e);
        }
    }

    /** As {@link #run}, where any status but 0 is a failure. */
    static void must(String what, String... words) throws VolumeException, InterruptedException {
        Result result = run(what, words);
        if (result.status() != 0) {
            throw new VolumeException(
                    what,
                    "qemu-img ended with status "
                            + result.status()
                            + ", saying '"
                            + result.output()
                            + "'",
                    "Check the directory, its rights and its free space");
        }
    }
}
