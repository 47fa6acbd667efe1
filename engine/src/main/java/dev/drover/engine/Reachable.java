package dev.drover.engine;

/** A host that may be away for a while. */
public interface Reachable {
    /** Blocks until the host answers again. */
    void awaitReachable() throws InterruptedException;
}
