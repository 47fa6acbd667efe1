package dev.drover.api.rest;

import dev.drover.api.spec.Finding;
import java.util.List;
import java.util.Optional;

/**
 * Why a request was not done, by RFC 9457, section 3.1, with what to do about it.
 *
 * @param status of the answer
 * @param detail what happened
 * @param cause why
 * @param correction what to do
 * @param findings what is wrong with a specification, each with its place; otherwise empty
 * @param leader the REST interface of the monitor to ask in place of this one
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String cause,
        String correction,
        List<Finding> findings,
        Optional<String> leader) {
    /** An older monitor has no findings. */
    @SuppressWarnings("NullAway") // by JSON
    public Problem {
        findings = findings == null ? List.of() : List.copyOf(findings);
    }
}
