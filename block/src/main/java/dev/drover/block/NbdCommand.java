package dev.drover.block;

/** The requests that {@link NbdClient} makes (NBD specification, "Request types"). */
public enum NbdCommand {
    READ(Nbd.CMD_READ),
    WRITE(Nbd.CMD_WRITE),
    FLUSH(Nbd.CMD_FLUSH),
    WRITE_ZEROES(Nbd.CMD_WRITE_ZEROES),
    BLOCK_STATUS(Nbd.CMD_BLOCK_STATUS);

    private final int type;

    NbdCommand(int type) {
        this.type = type;
    }

    int type() {
        return type;
    }
}
