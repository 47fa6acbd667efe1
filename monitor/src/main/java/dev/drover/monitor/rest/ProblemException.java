package dev.drover.monitor.rest;

import dev.drover.api.spec.Finding;
import java.util.List;

/** A request that is answered by a problem. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final String correction;

    @SuppressWarnings("serial") // It is not sent.
    private final List<Finding> findings;

    ProblemException(int status, String detail, String reason, String correction) {
        this(status, detail, reason, correction, List.of());
    }

    /** As the other, with what is wrong with a specification. */
    ProblemException(
            int status, String detail, String reason, String correction, List<Finding> findings) {
        super(detail);
        this.findings = List.copyOf(findings);
        this.status = status;
        this.reason = reason;
        this.correction = correction;
    }

    static ProblemException noSuch(String what, String name) {
        return new ProblemException(
                404,
                "There is no " + what + " '" + name + "'",
                "It never was, or is gone",
                "List those that there are");
    }

    List<Finding> findings() {
        return findings;
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }

    String correction() {
        return correction;
    }
}
