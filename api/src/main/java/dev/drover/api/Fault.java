package dev.drover.api;

import dev.drover.protocol.Phase;

/**
 * A crash on purpose, to show what it does. Only processes started with {@code --faults} obey.
 *
 * @param phase when this phase begins, its state persisted, its work not yet begun
 * @param victim who is killed, as by {@code kill -9}; or the move itself
 */
public record Fault(Phase phase, Victim victim) {
    /** Who can be killed. */
    public enum Victim {
        SOURCE_AGENT,
        TARGET_AGENT,
        SOURCE_QEMU,
        TARGET_QEMU,
        /** The VM's QEMU and the agent, as when the host fails. */
        SOURCE_HOST,
        /** As {@link #SOURCE_HOST}. */
        TARGET_HOST,
        MONITOR,
        /** Nobody dies; the move is cancelled, as by a user. */
        MOVE;

        /** The name in commands: {@code source-agent} and so on. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}
