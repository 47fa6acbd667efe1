package dev.drover.api.rest;

/** What a user may do; each may do what those before it may. */
public enum Role {
    /** Looks on. */
    VIEWER,
    /** Moves VMs, wakes them, puts them to sleep and stops them; cordons and evacuates hosts. */
    OPERATOR,
    /** Destroys VMs, declares hosts lost, and makes tokens. */
    ADMIN
}
