package dev.drover.protocol;

/**
 * What can go wrong. In all of them messages and writes are lost, late or repeated, readings are
 * old, a leader crashes at any point, phases fail and users cancel.
 */
enum Faults {
    /**
     * Agents and QEMUs crash. A leader is dead when the next one starts, but what it was writing
     * down can still land, however late.
     */
    ONE_LEADER,
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
        return this != ONE_LEADER;
    }

    boolean fenced() {
        return this == TWO_LEADERS;
    }
}
