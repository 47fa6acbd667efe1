package dev.drover.api;

import java.util.Optional;

/** What a user wants a VM to be; the record says where. */
public enum Wanted {
    /** Its guest runs, also after its host was booted. */
    RUNNING,
    /** It is shut down. */
    STOPPED,
    /** Its memory lies on its host's disk. */
    ASLEEP;

    /** How it rests then; empty when it is to run. */
    public Optional<Rest> rest() {
        return switch (this) {
            case RUNNING -> Optional.empty();
            case STOPPED -> Optional.of(Rest.STOPPED);
            case ASLEEP -> Optional.of(Rest.ASLEEP);
        };
    }

    /** The other way. */
    public static Wanted of(Optional<Rest> rest) {
        return rest.map(r ->
                        switch (r) {
                            case STOPPED -> STOPPED;
                            case ASLEEP -> ASLEEP;
                        })
                .orElse(RUNNING);
    }
}
