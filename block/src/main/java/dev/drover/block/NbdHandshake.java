package dev.drover.block;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection to an NBD server that has not chosen its export yet (fixed newstyle negotiation).
 *
 * <p>Making one does everything that does not need the export to exist: it connects, greets and
 * negotiates structured replies. So a connection can be made ready before the export is there;
 * {@link #open} then costs two round trips, one for the metadata contexts and one for NBD_OPT_GO
 * (the specification forbids to send an option before the last one is answered). {@link #open} may
 * be repeated after a refusal; after success the connection belongs to the {@link NbdClient}.
 *
 * <p>One thread at a time; {@link #close} from any thread ends a call that waits. There are no time
 * limits. All methods throw {@link NbdException}; an interrupt of a thread that waits on a channel
 * closes it and throws {@link ClosedByInterruptException}.
 */
public final class NbdHandshake implements Closeable {
    private final Wire wire;
    private final String peer;
    private final boolean structured;

    private NbdHandshake(Wire wire, String peer) throws IOException {
        this.wire = wire;
        this.peer = peer;
        try {
            greet();
            structured = negotiateStructuredReplies();
        } catch (IOException e) {
            wire.close();
            throw lost(e, "the greeting");
        }
    }

    /** Connects to a Unix-domain socket. */
    public static NbdHandshake over(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            if (e instanceof ClosedByInterruptException) {
                throw e;
            }
            throw new NbdException(
                    "Cannot connect to the NBD server's socket "
                            + socket
                            + "; see whether the process that serves it still runs",
                    e);
        }
        return over(channel, socket.toString());
    }

    /**
     * Takes over a blocking channel.
     *
     * @param peer what is at the other end, for messages
     */
    public static NbdHandshake over(ByteChannel channel, String peer) throws IOException {
        return new NbdHandshake(new Wire(channel), peer);
    }

    /**
     * Takes over a pair of streams, such as a tunnel's. What is written is flushed whenever an
     * answer is awaited.
     *
     * @param transport closed to end it all; must wake a thread that reads {@code in}
     * @param peer what is at the other end, for messages
     */
    public static NbdHandshake over(
            InputStream in, OutputStream out, Closeable transport, String peer) throws IOException {
        return over(new StreamChannel(in, out, transport), peer);
    }

    /**
     * Chooses the export (NBD_OPT_SET_META_CONTEXT, NBD_OPT_GO).
     *
     * @param contexts metadata contexts wished for; {@link NbdClient#hasContext} tells which of
     *     them the server grants
     */
    public NbdClient open(String export, String... contexts) throws IOException {
        try {
            Map<Integer, String> granted = new HashMap<>();
            if (structured && contexts.length > 0) {
                setMetaContexts(export, List.of(contexts), granted);
            }
            return new NbdClient(wire, go(export, granted));
        } catch (NbdException e) {
            throw e;
        } catch (IOException e) {
            wire.close();
            throw lost(e, "opening export '" + export + "'");
        }
    }

    /** Ends the connection unless {@link #open} has given it away. */
    @Override
    public void close() throws IOException {
        wire.close();
    }

    private void greet() throws IOException {
        if (wire.readLong() != Nbd.INIT_PASSWD || wire.readLong() != Nbd.IHAVEOPT) {
            throw new NbdException(
                    "What answers at "
                            + peer
                            + " is no NBD server with newstyle negotiation; check the address");
        }
        int flags = wire.readShort();
        if ((flags & Nbd.FLAG_FIXED_NEWSTYLE) == 0) {
            throw new NbdException(
                    "The NBD server at "
                            + peer
                            + " does not speak fixed newstyle negotiation; use QEMU or nbdkit");
        }
        int zeroes = (flags & Nbd.FLAG_NO_ZEROES) == 0 ? 0 : Nbd.FLAG_C_NO_ZEROES;
        wire.room(Integer.BYTES).putInt(Nbd.FLAG_C_FIXED_NEWSTYLE | zeroes);
    }

    private boolean negotiateStructuredReplies() throws IOException {
        sendOption(Nbd.OPT_STRUCTURED_REPLY, ByteBuffer.allocate(0));
        OptionReply reply = readReply(Nbd.OPT_STRUCTURED_REPLY);
        return reply.type == Nbd.REP_ACK;
    }

    /** Data: export name, number of queries, queries; strings with their length before them. */
    private void setMetaContexts(String export, List<String> wished, Map<Integer, String> granted)
            throws IOException {
        int strings = 2 * Nbd.MAX_STRING + wished.size() * (Nbd.MAX_STRING + Integer.BYTES);
        ByteBuffer data = ByteBuffer.allocate(strings);
        putString(data, export);
        data.putInt(wished.size());
        wished.forEach(context -> putString(data, context));
        sendOption(Nbd.OPT_SET_META_CONTEXT, data.flip());
        while (true) {
            OptionReply reply = readReply(Nbd.OPT_SET_META_CONTEXT);
            if (reply.type != Nbd.REP_META_CONTEXT) {
                // An error is left to NBD_OPT_GO, which says more; no context is granted then.
                return;
            }
            ByteBuffer context = reply.data(Integer.BYTES);
            int id = context.getInt();
            granted.put(id, UTF_8.decode(context).toString());
        }
    }

    /** Data: export name, number of information requests, the requests. */
    private ExportInfo go(String export, Map<Integer, String> contexts) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(2 * Nbd.MAX_STRING);
        putString(data, export);
        data.putShort((short) 1).putShort((short) Nbd.INFO_BLOCK_SIZE);
        sendOption(Nbd.OPT_GO, data.flip());
        long size = -1;
        int flags = 0;
        int maxPayload = Nbd.DEFAULT_MAX_PAYLOAD;
        while (true) {
            OptionReply reply = readReply(Nbd.OPT_GO);
            if (reply.type == Nbd.REP_ACK && size >= 0) {
                return new ExportInfo(
                        export, peer, size, flags, structured, maxPayload, Map.copyOf(contexts));
            }
            if (reply.type != Nbd.REP_INFO) {
                throw refusal(export, reply);
            }
            ByteBuffer info = reply.data(Short.BYTES);
            int type = info.getShort();
            if (type == Nbd.INFO_EXPORT && info.remaining() >= Long.BYTES + Short.BYTES) {
                size = info.getLong();
                flags = info.getShort();
            } else if (type == Nbd.INFO_BLOCK_SIZE && info.remaining() >= 3 * Integer.BYTES) {
                // Minimum, preferred, maximum; the last is 0xffffffff for "no limit".
                long maximum = Integer.toUnsignedLong(info.getInt(info.position() + 8));
                maxPayload = (int) Math.min(maximum, Nbd.DEFAULT_MAX_PAYLOAD);
            }
        }
    }

    private NbdException refusal(String export, OptionReply reply) {
        String why =
                switch (reply.type) {
                    case Nbd.REP_ERR_UNKNOWN -> "it has no such export";
                    case Nbd.REP_ERR_TLS_REQD -> "it asks for TLS, which never runs here";
                    case Nbd.REP_ERR_POLICY -> "its policy forbids it";
                    case Nbd.REP_ERR_INVALID -> "it calls the request invalid";
                    case Nbd.REP_ERR_SHUTDOWN -> "it is shutting down";
                    case Nbd.REP_ERR_UNSUP -> "it does not know NBD_OPT_GO";
                    default -> "with reply " + Integer.toHexString(reply.type);
                };
        String says = reply.data.length == 0 ? "" : " ('" + new String(reply.data, UTF_8) + "')";
        return new NbdException(
                "The NBD server at "
                        + peer
                        + " refused export '"
                        + export
                        + "': "
                        + why
                        + says
                        + ". See which exports it offers (nbdinfo --list)");
    }

    private void sendOption(int option, ByteBuffer data) throws IOException {
        wire.room(Long.BYTES + 2 * Integer.BYTES)
                .putLong(Nbd.IHAVEOPT)
                .putInt(option)
                .putInt(data.remaining());
        wire.write(data);
        wire.flush();
    }

    private OptionReply readReply(int option) throws IOException {
        long magic = wire.readLong();
        int answered = wire.readInt();
        int type = wire.readInt();
        int length = wire.readInt();
        if (magic != Nbd.REP_MAGIC || answered != option || length < 0 || length > 65536) {
            wire.close();
            throw new NbdException(
                    "The NBD server at "
                            + peer
                            + " broke the protocol in its answer to option "
                            + option
                            + "; check that it is QEMU or nbdkit");
        }
        return new OptionReply(type, wire.read(length));
    }

    private static void putString(ByteBuffer data, String string) {
        byte[] bytes = string.getBytes(UTF_8);
        if (bytes.length > Nbd.MAX_STRING) {
            throw new IllegalArgumentException(
                    "A name in NBD has at most 4096 bytes, not " + bytes.length);
        }
        data.putInt(bytes.length).put(bytes);
    }

    private IOException lost(IOException e, String during) {
        return e instanceof NbdException || e instanceof ClosedByInterruptException
                ? e
                : new NbdException(
                        "The connection to the NBD server at "
                                + peer
                                + " was lost in "
                                + during
                                + "; see whether it still runs",
                        e);
    }

    private record OptionReply(int type, byte[] data) {
        ByteBuffer data(int atLeast) throws NbdException {
            if (data.length < atLeast) {
                throw new NbdException("The NBD server's answer is too short: " + data.length);
            }
            return ByteBuffer.wrap(data);
        }
    }
}
