package dev.drover.api.rest;

import dev.drover.api.spec.Finding;
import java.util.List;

/**
 * What became of a wish for a new VM.
 *
 * @param vm as it is, or would be
 * @param warnings what is worth telling about its specification
 */
public record CreationView(Result result, VmView vm, List<Finding> warnings) {
    public CreationView {
        warnings = List.copyOf(warnings);
    }

    /** What was done. */
    public enum Result {
        /** The VM was made, and runs. */
        MADE,
        /** Such a VM was there already. */
        WAS_THERE,
        /** Nothing, as was asked for: it could be made. */
        NOTHING
    }
}
