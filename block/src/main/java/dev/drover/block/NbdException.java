package dev.drover.block;

import java.io.IOException;

/**
 * A connection to an NBD server could not be made, was lost, or broke the protocol. The connection
 * is of no more use; {@link NbdRequestException} alone leaves it usable.
 */
public class NbdException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Without a cause. */
    public NbdException(String message) {
        super(message);
    }

    /** With the cause, which the message does not repeat. */
    public NbdException(String message, Throwable cause) {
        super(message, cause);
    }
}
