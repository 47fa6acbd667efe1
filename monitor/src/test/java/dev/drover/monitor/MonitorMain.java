package dev.drover.monitor;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** A monitor in a process of its own, so that its memory can be measured. */
final class MonitorMain {
    private MonitorMain() {}

    /**
     * Runs till its input ends; says a line when it leads.
     *
     * @param args state directory, identity, and the ports of its links, REST interface and
     *     ZooKeeper
     */
    public static void main(String[] args) throws Exception {
        quieten();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ClusterMonitor _ =
                ClusterMonitor.start(
                        new MonitorSettings(
                                new InetSocketAddress(loopback, Integer.parseInt(args[2])),
                                Optional.of(
                                        new InetSocketAddress(loopback, Integer.parseInt(args[3]))),
                                Path.of(args[0]),
                                Path.of(args[1]),
                                Integer.parseInt(args[4]),
                                List.of(),
                                Optional.empty(),
                                false))) {
            System.out.println("leads");
            while (System.in.read() >= 0) {
                // Whoever started it still wants it.
            }
        }
    }

    /** Nobody reads the log, and writing it would count. */
    static void quieten() {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    }
}
