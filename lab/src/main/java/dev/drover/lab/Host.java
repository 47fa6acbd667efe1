package dev.drover.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine of the lab: a host, the monitor or the client.
 *
 * @param name {@code h1}, {@code h2}... {@code mon}, {@code client}
 * @param namespace where its processes run
 * @param address by which the others reach it
 * @param directory its state; removed with the lab
 * @param logs where its processes' output goes; kept until the next lab in the same place
 */
public record Host(String name, Namespace namespace, String address, Path directory, Path logs) {
    /** See {@link Namespace#command}. */
    public List<String> command(List<String> words) {
        return namespace.command(words);
    }

    /** Where the output of the process {@code role} goes. */
    public Path log(String role) {
        return logs.resolve(name + "-" + role + ".log");
    }

    /**
     * Starts a process on this host, its output in {@link #log}, in a session of its own: Ctrl-C at
     * the terminal is not for it. Removing the lab ends it, if nobody did before.
     *
     * @param role what it is, for the log's name
     */
    public Process start(String role, List<String> words) {
        try {
            Files.createDirectories(logs);
            var command = new ArrayList<>(List.of("setsid"));
            command.addAll(words);
            Process process =
                    new ProcessBuilder(command(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log(role).toFile()))
                            .start();
            // Before it is inside, removing the lab would not find it.
            Processes.awaitInside(process, namespace);
            return process;
        } catch (IOException e) {
            throw new LabException("Cannot start " + role + " on " + name, e);
        }
    }

    /** See {@link Namespace#counters}. */
    public InterfaceCounters counters(String interfaceName) {
        return namespace.counters(interfaceName);
    }

    /**
     * Makes a tap on the bridge for a VM that this caller starts by itself (a product's agent makes
     * its own). Its queue is long: with the usual 1000 frames a QEMU that got too little processor
     * time lost 200 of 6000 packets at 2000/s in 2 of 8 runs.
     *
     * @param tap at most 15 characters (IFNAMSIZ of linux/if.h, less the NUL)
     */
    public void addTap(String tap) {
        namespace.ip(
                """
                tuntap add dev %1$s mode tap vnet_hdr
                link set %1$s txqueuelen 20000 master %2$s up
                """
                        .formatted(tap, Layout.VM_BRIDGE));
    }

    /** All processes that run here now. */
    public List<ProcessHandle> processes() {
        var identity = namespace.identity();
        return identity.isEmpty() ? List.of() : Processes.in(identity.getAsLong());
    }
}
