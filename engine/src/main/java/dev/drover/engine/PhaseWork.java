package dev.drover.engine;

import dev.drover.protocol.MovePlan;

/**
 * The work of one phase. Decides nothing: it returns when the work is done and throws {@link
 * HostFailure} or {@link HostUnreachable} when it cannot be. Repeating it is harmless.
 */
@FunctionalInterface
public interface PhaseWork {
    /** Does the work; blocks. An interrupt means that nobody wants it any more: it ends soon. */
    void perform(MovePlan plan) throws InterruptedException;
}
