package dev.drover.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an interface has carried: the kernel's ABI sysfs-class-net-statistics. Reads the network
 * namespace that {@code /sys} was mounted in, which is the process's own where {@code ip netns
 * exec} started it.
 */
public record InterfaceCounters(long rxBytes, long rxPackets, long txBytes, long txPackets) {
    private static final Path CLASS = Path.of("/sys/class/net");

    /**
     * Reads them now.
     *
     * @throws UncheckedIOException when there is no such interface
     */
    public static InterfaceCounters read(String name) {
        Tap.checkName(name);
        Path statistics = CLASS.resolve(name).resolve("statistics");
        try {
            return new InterfaceCounters(
                    number(statistics, "rx_bytes"),
                    number(statistics, "rx_packets"),
                    number(statistics, "tx_bytes"),
                    number(statistics, "tx_packets"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the counters of interface " + name, e);
        }
    }

    /** What was carried since an earlier reading. */
    public InterfaceCounters minus(InterfaceCounters earlier) {
        return new InterfaceCounters(
                rxBytes - earlier.rxBytes,
                rxPackets - earlier.rxPackets,
                txBytes - earlier.txBytes,
                txPackets - earlier.txPackets);
    }

    private static long number(Path directory, String file) throws IOException {
        return Long.parseLong(Files.readString(directory.resolve(file)).strip());
    }
}
