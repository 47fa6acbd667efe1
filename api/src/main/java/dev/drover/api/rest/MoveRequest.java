package dev.drover.api.rest;

/** The wish for a move. */
public record MoveRequest(String vm, String target, boolean verify) {}
