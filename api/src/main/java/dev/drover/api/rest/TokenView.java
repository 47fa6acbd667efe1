package dev.drover.api.rest;

import java.util.Optional;

/**
 * Whom a bearer token speaks for.
 *
 * @param name of whoever has it
 * @param role what he may do
 * @param token itself, when it was just made: it is told this once, and kept nowhere
 */
public record TokenView(String name, Role role, Optional<String> token) {}
