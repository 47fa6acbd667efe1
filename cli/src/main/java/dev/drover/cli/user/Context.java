package dev.drover.cli.user;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a cluster is, and as whom the user comes to it.
 *
 * @param monitors {@code ADDRESS:PORT} of the REST interface of each, the port last
 * @param identity directory of the user's certificate, or file of his token
 * @param namespace the network namespace from which a demo's monitors are reached
 */
public record Context(List<String> monitors, Path identity, Optional<String> namespace) {}
