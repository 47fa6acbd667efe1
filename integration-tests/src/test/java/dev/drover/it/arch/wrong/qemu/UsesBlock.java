package dev.drover.it.arch.wrong.qemu;

import dev.drover.it.arch.wrong.block.Volume;

/** An adapter that uses another. */
public record UsesBlock(Volume volume) {}
