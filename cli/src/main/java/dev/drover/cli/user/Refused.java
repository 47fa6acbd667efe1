package dev.drover.cli.user;

import dev.drover.api.rest.Problem;

/** The cluster said no, or nothing. The message says what happened, why, and what to do. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** By the answer of a monitor. */
    Refused(Problem problem) {
        this(problem.status(), problem.detail(), problem.cause(), problem.correction());
    }

    /**
     * Says what a monitor did not.
     *
     * @param status of the answer; 0 when there was none
     */
    Refused(int status, String what, String why, String correction) {
        super("%s%n  because  %s%n  so       %s".formatted(what, why, correction));
        this.status = status;
    }

    /** Of the answer; 0 when there was none. */
    int status() {
        return status;
    }
}
