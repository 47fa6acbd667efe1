package dev.drover.cli.user;

import dev.drover.api.rest.Problem;
import dev.drover.api.spec.Finding;
import java.util.List;

/** The cluster said no, or nothing. The message says what happened, why, and what to do. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    @SuppressWarnings("serial") // It is not sent.
    private final List<Finding> findings;

    /** By the answer of a monitor. */
    Refused(Problem problem) {
        this(
                problem.status(),
                problem.detail(),
                problem.cause(),
                problem.correction(),
                problem.findings());
    }

    /**
     * Says what a monitor did not.
     *
     * @param status of the answer; 0 when there was none
     */
    Refused(int status, String what, String why, String correction) {
        this(status, what, why, correction, List.of());
    }

    private Refused(
            int status, String what, String why, String correction, List<Finding> findings) {
        super("%s%n  because  %s%n  so       %s".formatted(what, why, correction));
        this.status = status;
        this.findings = List.copyOf(findings);
    }

    /** What is wrong with a specification that was sent. */
    List<Finding> findings() {
        return findings;
    }

    /** Of the answer; 0 when there was none. */
    int status() {
        return status;
    }
}
