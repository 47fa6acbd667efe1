package dev.drover.cli;

import picocli.CommandLine.Command;

/** {@code drover serve}: the services of a cluster. */
@Command(
        name = "serve",
        description = "Runs a service in the foreground.",
        subcommands = {ServeMonitor.class, ServeHost.class})
final class Serve {}
