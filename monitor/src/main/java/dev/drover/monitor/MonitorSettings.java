package dev.drover.monitor;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What a monitor is told when it is started.
 *
 * @param listen where agents and users reach it
 * @param stateDirectory the cluster's state lies below it
 * @param identity directory with the monitor's certificate and key
 * @param zooKeeperPort of the embedded server, on the loopback interface; 0 for any
 * @param faults whether it crashes when it is told to
 */
public record MonitorSettings(
        InetSocketAddress listen,
        Path stateDirectory,
        Path identity,
        int zooKeeperPort,
        boolean faults) {}
