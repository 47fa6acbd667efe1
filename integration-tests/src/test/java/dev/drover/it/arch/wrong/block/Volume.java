package dev.drover.it.arch.wrong.block;

/** Nothing wrong here. */
public record Volume(String name) {}
