package dev.drover.agent;

import dev.drover.api.HostAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What an agent is told when it is started.
 *
 * @param address the host's name, and where its agent answers
 * @param stateDirectory everything that the agent makes lies below it
 * @param monitor where the cluster monitor answers
 * @param identity directory with the agent's certificate and key
 * @param bridge that VMs are connected to
 * @param faults whether the agent crashes when it is told to
 */
public record HostSettings(
        HostAddress address,
        Path stateDirectory,
        InetSocketAddress monitor,
        Path identity,
        String bridge,
        boolean faults) {}
