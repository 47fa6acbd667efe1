package dev.drover.agent;

import dev.drover.api.HostAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an agent is told when it is started.
 *
 * @param address the host's name, and where its agent answers
 * @param stateDirectory everything that the agent makes lies below it
 * @param monitors where the cluster's monitors answer, of which one leads
 * @param identity directory with the agent's certificate and key
 * @param bridge that VMs are connected to
 * @param labels that its operator gives it, for the placement of VMs
 * @param faults whether the agent crashes when it is told to
 */
public record HostSettings(
        HostAddress address,
        Path stateDirectory,
        List<InetSocketAddress> monitors,
        Path identity,
        String bridge,
        Map<String, String> labels,
        boolean faults) {}
