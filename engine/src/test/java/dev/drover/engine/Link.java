package dev.drover.engine;

import java.util.function.Supplier;

/** What lies between an engine and the hosts and the record: where things go wrong. */
@FunctionalInterface
interface Link {
    /** Nothing goes wrong. */
    Link SOUND = Link::through;

    /**
     * Lets a call through, or not, or both.
     *
     * @param name who is called, and for what, such as {@code target.resume}
     * @param host to name in a {@link HostUnreachable}
     * @param effect of the call at the other side
     */
    <T> T call(String name, Reachable host, Supplier<T> effect);

    private static <T> T through(String name, Reachable host, Supplier<T> effect) {
        return effect.get();
    }
}
