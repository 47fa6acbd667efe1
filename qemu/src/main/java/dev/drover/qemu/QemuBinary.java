package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An installed QEMU.
 *
 * @param path of the executable
 * @param version what it is
 * @param machine its newest machine type of the kind {@code pc}, versioned
 * @param accelerator what it runs guests with on this host
 */
record QemuBinary(Path path, Version version, String machine, Accelerator accelerator) {
    private static final Duration ANSWER = Duration.ofSeconds(20);

    /** A line of {@code -machine help}: "pc Standard PC ... (alias of pc-i440fx-7.2)". */
    private static final Pattern NEWEST =
            Pattern.compile("(?m)^pc\\s.*\\(alias of (pc-i440fx-[\\w.]+)\\)");

    /**
     * Asks the executable what it is, and tries which accelerator works.
     *
     * @throws HypervisorException when it is no QEMU for x86 PCs
     */
    static QemuBinary probe(Path path) {
        Version version = version(path);
        String machine = machine(ask(path, "-machine", "help"));
        return new QemuBinary(path, version, machine, Accelerator.detect(path, machine));
    }

    /** As {@link #probe} with the accelerator chosen by the caller. */
    static QemuBinary probe(Path path, Accelerator accelerator) {
        return new QemuBinary(
                path, version(path), machine(ask(path, "-machine", "help")), accelerator);
    }

    /** Software emulation before 9.0 loses dirty pages (upstream commit 03bfc2188f06). */
    boolean losesDirtyPages() {
        return accelerator == Accelerator.TCG && version.major() < 9;
    }

    /** The newest machine type in what {@code -machine help} says. */
    static String machine(String help) {
        Matcher found = NEWEST.matcher(help);
        if (!found.find()) {
            throw new HypervisorException("QEMU knows no machine type 'pc'");
        }
        return found.group(1);
    }

    private static Version version(Path path) {
        try {
            return Version.parse(ask(path, "--version"));
        } catch (IllegalArgumentException e) {
            throw new HypervisorException(path + " is no QEMU", e);
        }
    }

    private static String ask(Path path, String... arguments) {
        List<String> command =
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(path.toString()),
                                java.util.stream.Stream.of(arguments))
                        .toList();
        try {
            Commands.Outcome outcome = Commands.run(command, ANSWER);
            if (outcome.status() != 0) {
                throw new HypervisorException(
                        command
                                + " ended with status "
                                + outcome.status()
                                + ": "
                                + outcome.output().strip());
            }
            return outcome.output();
        } catch (IOException e) {
            throw new HypervisorException(
                    "QEMU cannot be run; is the package qemu-system-x86 installed?", e);
        }
    }
}
