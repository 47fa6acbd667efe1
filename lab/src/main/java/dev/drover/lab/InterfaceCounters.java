package dev.drover.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an interface has carried, from /proc/net/dev (proc_pid_net(5)), which follows the reader's
 * namespace, other than /sys/class/net.
 *
 * @param receivedBytes in all
 * @param receivedPackets in all
 * @param receivedDropped for want of room
 * @param sentBytes in all
 * @param sentPackets in all
 * @param sentDropped for want of room
 */
public record InterfaceCounters(
        long receivedBytes,
        long receivedPackets,
        long receivedDropped,
        long sentBytes,
        long sentPackets,
        long sentDropped) {
    /** Counters of an interface in this process's own namespace. */
    public static InterfaceCounters read(String interfaceName) {
        try {
            return parse(Files.readString(Path.of("/proc/self/net/dev")), interfaceName);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InterfaceCounters parse(String table, String interfaceName) {
        String start = interfaceName + ":";
        for (String line : table.lines().map(String::strip).toList()) {
            if (line.startsWith(start)) {
                String[] f = line.substring(start.length()).strip().split("\\s+", -1);
                return new InterfaceCounters(
                        Long.parseLong(f[0]),
                        Long.parseLong(f[1]),
                        Long.parseLong(f[3]),
                        Long.parseLong(f[8]),
                        Long.parseLong(f[9]),
                        Long.parseLong(f[11]));
            }
        }
        throw new LabException("There is no interface '" + interfaceName + "' here");
    }
}
