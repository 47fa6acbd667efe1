package dev.drover.it.arch.wrong.engine;

import picocli.CommandLine.Command;

/** Says nothing by its name, and knows a library that is not the engine's. */
@Command
public final class VagueManager {}
