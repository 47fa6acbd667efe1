package dev.drover.qemu;

import dev.drover.ports.HypervisorException;

/** QEMU answered a command with an error. */
final class QmpException extends HypervisorException {
    private static final long serialVersionUID = 1L;

    private final String errorClass;
    private final String description;

    QmpException(String command, String errorClass, String description) {
        super("QEMU refused '" + command + "': " + description);
        this.errorClass = errorClass;
        this.description = description;
    }

    /** The member {@code class} of the answer, for example {@code GenericError}. */
    String errorClass() {
        return errorClass;
    }

    /** The member {@code desc} of the answer. */
    String description() {
        return description;
    }

    /** True when the object that the command names does not exist. */
    boolean saysNotFound() {
        return description.contains("not found");
    }
}
