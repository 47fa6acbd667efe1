package dev.drover.qemu;

import dev.drover.ports.HypervisorException;

/** QEMU answered a command with an error (QMP specification, "error response"). */
final class QmpException extends HypervisorException {
    private static final long serialVersionUID = 1L;

    QmpException(String command, String description) {
        super("QEMU refused '" + command + "': " + description);
    }
}
