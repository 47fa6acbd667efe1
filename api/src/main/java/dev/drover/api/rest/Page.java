package dev.drover.api.rest;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list.
 *
 * @param next what {@code after} must be for the next part; empty at the end
 */
public record Page<T>(List<T> items, Optional<String> next) {}
