package dev.drover.monitor.rest;

/** A request that is answered by a problem. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final String correction;

    ProblemException(int status, String detail, String reason, String correction) {
        super(detail);
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
