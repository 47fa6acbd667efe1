package dev.drover.lab.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Counters of the protocols in this process's namespace, from /proc/self/net/snmp (RFC 1213 and
 * kernel documentation networking/snmp_counter.rst).
 *
 * @param udpReceiveBufferErrors datagrams dropped since a socket had no room
 * @param tcpRetransmits segments sent again
 */
record SnmpCounters(long udpReceiveBufferErrors, long tcpRetransmits) {
    static SnmpCounters read() {
        try {
            return parse(Files.readString(Path.of("/proc/self/net/snmp")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SnmpCounters parse(String table) {
        return new SnmpCounters(
                value(table, "Udp:", "RcvbufErrors"), value(table, "Tcp:", "RetransSegs"));
    }

    /** Two lines for each protocol: names, then numbers. */
    private static long value(String table, String protocol, String name) {
        List<String[]> lines =
                table.lines()
                        .filter(line -> line.startsWith(protocol))
                        .map(line -> line.split(" ", -1))
                        .toList();
        int column = lines.size() < 2 ? -1 : Arrays.asList(lines.getFirst()).indexOf(name);
        if (column < 0) {
            throw new IllegalArgumentException("No counter " + protocol + name + " in " + table);
        }
        return Long.parseLong(lines.get(1)[column]);
    }
}
