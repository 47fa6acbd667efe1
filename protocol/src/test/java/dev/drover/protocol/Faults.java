package dev.drover.protocol;

/**
 * What can go wrong. In all of them messages and compare-and-sets are lost, late or repeated,
 * readings are old, a leader crashes at any point, phases fail and users cancel.
 */
enum Faults {
    /** Agents and QEMUs crash. A leader is dead, and its journal closed, when the next starts. */
    ONE_LEADER,
    /** As above, but what the dead leader was writing down can still land, however late. */
    LATE_WRITING_LEADER,
    /**
     * Agents and QEMUs crash. A leader can be replaced and go on without knowing. The store refuses
     * what it writes down then, and it ends; its compare-and-sets are taken like any others.
     */
    TWO_LEADERS,
    /** Two leaders, and the store refuses nothing: both write the same journal. */
    TWO_WRITING_LEADERS,
    /** As above, and agents and QEMUs crash. */
    EVERYTHING;

    boolean hostsCrash() {
        return this != TWO_WRITING_LEADERS;
    }

    boolean twoLeaders() {
        return this != ONE_LEADER && this != LATE_WRITING_LEADER;
    }

    /** Whether what a leader writes is refused once it was replaced. */
    boolean fenced() {
        return this == ONE_LEADER || this == TWO_LEADERS;
    }
}
