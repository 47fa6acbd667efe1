package dev.drover.api.rest;

/** What a user may do; each may do what those before it may. */
public enum Role {
    /** Looks on. */
    VIEWER,
    /** Moves VMs. */
    OPERATOR,
    /** Destroys VMs. */
    ADMIN
}
