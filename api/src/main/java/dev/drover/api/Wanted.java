package dev.drover.api;

/** What a user wants a VM to be; the record says where. */
public enum Wanted {
    /** Its guest runs, also after its host was booted. */
    RUNNING,
    /** It is shut down. */
    STOPPED,
    /** Its memory lies on its host's disk. */
    ASLEEP
}
