package dev.drover.store;

/**
 * Who led last; whether it still does only its own writes tell.
 *
 * @param name of the monitor
 * @param term counts the leaders, from 1
 */
public record Leader(String name, long term) {}
