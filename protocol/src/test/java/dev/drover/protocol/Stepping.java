package dev.drover.protocol;

/** {@link Move#step}, or something else in its place. */
@FunctionalInterface
interface Stepping {
    Step step(State state, Event event);
}
