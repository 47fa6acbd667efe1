package dev.drover.api.rest;

import dev.drover.api.Wanted;
import dev.drover.api.spec.VmDeclaration;
import java.util.Map;
import java.util.Optional;

/**
 * A VM.
 *
 * @param format of its volume, {@code raw} or {@code qcow2}
 * @param wanted what its user wants it to be
 * @param host the only one that may run it
 * @param epoch of the record that says so
 * @param lost whether that host was declared lost: the VM can only be destroyed
 * @param move the id of the move under way
 * @param tags the user's own, sorted by key
 * @param placement on which hosts it may be
 */
public record VmView(
        String name,
        int cores,
        long memoryBytes,
        String format,
        long diskBytes,
        String mac,
        String bridge,
        Wanted wanted,
        String host,
        long epoch,
        boolean lost,
        Optional<String> move,
        Map<String, String> tags,
        VmDeclaration.Placement placement) {}
