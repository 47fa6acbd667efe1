package dev.drover.block;

/**
 * Constants of the NBD protocol, by their names in its specification (doc/proto.md of the
 * NetworkBlockDevice/nbd project), the section given for each group. All numbers travel big-endian.
 */
final class Nbd {
    // "Newstyle negotiation".
    static final long INIT_PASSWD = 0x4e42444d41474943L; // "NBDMAGIC"
    static final long IHAVEOPT = 0x49484156454f5054L; // "IHAVEOPT"
    static final int FLAG_FIXED_NEWSTYLE = 1;
    static final int FLAG_NO_ZEROES = 1 << 1;
    static final int FLAG_C_FIXED_NEWSTYLE = 1;
    static final int FLAG_C_NO_ZEROES = 1 << 1;

    // "Option types" and "Option reply types".
    static final int OPT_GO = 7;
    static final int OPT_STRUCTURED_REPLY = 8;
    static final int OPT_SET_META_CONTEXT = 10;
    static final long REP_MAGIC = 0x3e889045565a9L;
    static final int REP_ACK = 1;
    static final int REP_INFO = 3;
    static final int REP_META_CONTEXT = 4;
    static final int REP_FLAG_ERROR = 1 << 31;
    static final int REP_ERR_UNSUP = REP_FLAG_ERROR | 1;
    static final int REP_ERR_POLICY = REP_FLAG_ERROR | 2;
    static final int REP_ERR_INVALID = REP_FLAG_ERROR | 3;
    static final int REP_ERR_TLS_REQD = REP_FLAG_ERROR | 5;
    static final int REP_ERR_UNKNOWN = REP_FLAG_ERROR | 6;
    static final int REP_ERR_SHUTDOWN = REP_FLAG_ERROR | 7;
    static final int INFO_EXPORT = 0;
    static final int INFO_BLOCK_SIZE = 3;

    // "Transmission flags".
    static final int FLAG_READ_ONLY = 1 << 1;
    static final int FLAG_SEND_FLUSH = 1 << 2;
    static final int FLAG_SEND_WRITE_ZEROES = 1 << 6;

    // "Request message", "Request types", "Command flags".
    static final int REQUEST_MAGIC = 0x25609513;
    static final int REQUEST_BYTES = 28;
    static final int CMD_READ = 0;
    static final int CMD_WRITE = 1;
    static final int CMD_DISC = 2;
    static final int CMD_FLUSH = 3;
    static final int CMD_WRITE_ZEROES = 6;
    static final int CMD_BLOCK_STATUS = 7;

    // "Simple reply message", "Structured reply chunk message", "Structured reply types".
    static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;
    static final int REPLY_FLAG_DONE = 1;
    static final int REPLY_TYPE_NONE = 0;
    static final int REPLY_TYPE_OFFSET_DATA = 1;
    static final int REPLY_TYPE_OFFSET_HOLE = 2;
    static final int REPLY_TYPE_BLOCK_STATUS = 5;
    static final int REPLY_TYPE_FLAG_ERROR = 1 << 15;
    static final int REPLY_TYPE_ERROR_OFFSET = REPLY_TYPE_FLAG_ERROR | 2;

    // "base:allocation metadata context": bits of an extent's flags.
    static final int STATE_HOLE = 1;
    static final int STATE_ZERO = 1 << 1;

    /** Bit 0 of a {@code qemu:dirty-bitmap:} context: written (QEMU, docs/interop/nbd.txt). */
    static final int STATE_DIRTY = 1;

    /** A string is at most 4096 bytes long ("Conventions"). */
    static final int MAX_STRING = 4096;

    /** What a client may send or ask for at once if the server says nothing ("Block size"). */
    static final int DEFAULT_MAX_PAYLOAD = 32 << 20;

    private Nbd() {}
}
