package dev.drover.qemu;

import dev.drover.ports.Hypervisor;
import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a QEMU program what it is. */
final class QemuProbe {
    private static final Pattern VERSION = Pattern.compile("version (\\d+\\.\\d+\\.\\d+)");

    /** The line of {@code -machine help} that tells what the alias means. */
    private static final Pattern MACHINE =
            Pattern.compile("(?m)^pc\\s.*\\(alias of (pc-i440fx-[0-9.]+)\\)");

    private QemuProbe() {}

    static Hypervisor.Info ask(Path binary) {
        String version = find(VERSION, run(binary, "", "--version"));
        String machine = find(MACHINE, run(binary, "", "-machine", "help"));
        String accelerator = accelerator(binary);
        return new Hypervisor.Info(
                version,
                accelerator,
                machine,
                !QemuHypervisor.losesDirtyPages(accelerator, version));
    }

    /** A KVM that cannot make a VM counts as none, as does one that is not there. */
    private static String accelerator(Path binary) {
        Path kvm = Path.of("/dev/kvm");
        if (!Files.isReadable(kvm) || !Files.isWritable(kvm)) {
            return "tcg";
        }
        String commands = "{'execute':'qmp_capabilities'}{'execute':'quit'}";
        String said =
                run(
                        binary, commands, "-nodefaults", "-machine", "pc", "-accel", "kvm", "-cpu",
                        "host", "-display", "none", "-S", "-qmp", "stdio");
        return said.contains("SHUTDOWN") ? "kvm" : "tcg";
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new HypervisorException("QEMU does not tell what it is, but: " + text);
        }
        return matcher.group(1);
    }

    private static String run(Path binary, String input, String... arguments) {
        try {
            ProcessBuilder builder = new ProcessBuilder(binary.toString());
            builder.command().addAll(java.util.List.of(arguments));
            Process process = builder.redirectErrorStream(true).start();
            try (var out = process.outputWriter(StandardCharsets.UTF_8)) {
                out.write(input);
            }
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text;
        } catch (IOException e) {
            throw new HypervisorException(
                    "QEMU cannot be run: install the package qemu-system-x86", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Asking QEMU was given up", e);
        }
    }
}
