package dev.drover.block;

/** The server answered one request with an error; the connection and other requests go on. */
public final class NbdRequestException extends NbdException {
    private static final long serialVersionUID = 1L;

    private final NbdCommand command;
    private final long offset;
    private final int errno;

    NbdRequestException(String peer, NbdRequest request, int errno, String serverSays) {
        super(
                "The NBD server at "
                        + peer
                        + " failed "
                        + request
                        + " with "
                        + nameOf(errno)
                        + (serverSays.isBlank() ? "" : ", saying '" + serverSays.strip() + "'")
                        + ". "
                        + remedyFor(errno));
        this.command = request.command();
        this.offset = request.offset();
        this.errno = errno;
    }

    /** What was asked for. */
    public NbdCommand command() {
        return command;
    }

    /** Where, in bytes; 0 for {@link NbdCommand#FLUSH}. */
    public long offset() {
        return offset;
    }

    /** The error number of the NBD specification, section "Error values". */
    public int errno() {
        return errno;
    }

    /** Section "Error values" of the NBD specification. */
    private static String nameOf(int errno) {
        return switch (errno) {
            case 1 -> "EPERM (not permitted)";
            case 5 -> "EIO (input/output error)";
            case 12 -> "ENOMEM (out of memory)";
            case 22 -> "EINVAL (invalid argument)";
            case 28 -> "ENOSPC (no space left)";
            case 75 -> "EOVERFLOW (value too large)";
            case 95 -> "ENOTSUP (not supported)";
            case 108 -> "ESHUTDOWN (server is shutting down)";
            default -> "error " + errno;
        };
    }

    private static String remedyFor(int errno) {
        return switch (errno) {
            case 1 -> "The export is read-only; offer it for writing";
            case 5 -> "Check the storage below the export, and the kernel's log";
            case 12 -> "Free memory on the server's host";
            case 28 -> "Free space on the file system that holds the volume";
            case 108 -> "The export is being taken away; repeat when it is offered again";
            default -> "Look at the log of the process that serves the export";
        };
    }
}
