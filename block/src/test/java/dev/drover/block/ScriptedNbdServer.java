package dev.drover.block;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An NBD server whose transmission phase the test writes, by the specification or against it. The
 * handshake is orderly: export "disk", structured replies, the contexts of {@link #CONTEXTS}.
 */
final class ScriptedNbdServer implements Closeable {
    static final List<String> CONTEXTS = List.of("base:allocation", "qemu:dirty-bitmap:b0");

    /** Little, so that a client that lets answers lie soon finds its server stuck. */
    private static final int SEND_BUFFER_BYTES = 16 << 10;

    private static final int TRANSMISSION_FLAGS =
            1 | Nbd.FLAG_SEND_FLUSH | Nbd.FLAG_SEND_WRITE_ZEROES;

    private final Path directory;
    private final ServerSocketChannel listener;
    private final long sizeBytes;
    private final boolean structured;
    private final Script script;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** What the server does once the handshake is over. */
    interface Script {
        void serve(Session session) throws IOException;
    }

    ScriptedNbdServer(long sizeBytes, Script script) throws IOException {
        this(sizeBytes, true, script);
    }

    ScriptedNbdServer(long sizeBytes, boolean structured, Script script) throws IOException {
        this.sizeBytes = sizeBytes;
        this.structured = structured;
        this.script = script;
        directory = Files.createTempDirectory("drover-nbd");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket()));
        Thread.ofVirtual().start(this::accept);
    }

    Path socket() {
        return directory.resolve("nbd.sock");
    }

    NbdClient connect(String... contexts) throws IOException {
        return NbdClient.connect(socket(), "disk", contexts);
    }

    /** Throws what went wrong in the script, if anything did. */
    void check() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("The script failed", thrown);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel connection : connections) {
            connection.close();
        }
        Files.deleteIfExists(socket());
        Files.delete(directory);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = listener.accept();
                connection.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            Session session = new Session(connection);
            handshake(session);
            script.serve(session);
        } catch (IOException _) {
            // The client is gone; the test tells whether it should be.
        } catch (RuntimeException | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private void handshake(Session s) throws IOException {
        s.out.writeLong(Nbd.INIT_PASSWD);
        s.out.writeLong(Nbd.IHAVEOPT);
        s.out.writeShort(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES);
        s.out.flush();
        s.in.readInt();
        while (true) {
            s.in.readLong();
            int option = s.in.readInt();
            ByteBuffer data = ByteBuffer.wrap(s.in.readNBytes(s.in.readInt()));
            switch (option) {
                case Nbd.OPT_STRUCTURED_REPLY ->
                        option(s, option, structured ? Nbd.REP_ACK : Nbd.REP_ERR_UNSUP);
                case Nbd.OPT_SET_META_CONTEXT -> {
                    setMetaContexts(s, data);
                    option(s, option, Nbd.REP_ACK);
                }
                case Nbd.OPT_GO -> {
                    if (!string(data).equals("disk")) {
                        option(s, option, Nbd.REP_ERR_UNKNOWN, "never heard of it".getBytes(UTF_8));
                        continue;
                    }
                    option(s, option, Nbd.REP_INFO, exportInfo());
                    option(s, option, Nbd.REP_ACK);
                    return;
                }
                default -> option(s, option, Nbd.REP_ERR_UNSUP);
            }
        }
    }

    private byte[] exportInfo() {
        return ByteBuffer.allocate(12)
                .putShort((short) Nbd.INFO_EXPORT)
                .putLong(sizeBytes)
                .putShort((short) TRANSMISSION_FLAGS)
                .array();
    }

    private static void setMetaContexts(Session s, ByteBuffer data) throws IOException {
        string(data);
        int queries = data.getInt();
        for (int i = 0; i < queries; i++) {
            String context = string(data);
            if (CONTEXTS.contains(context)) {
                s.granted.add(context);
                byte[] name = context.getBytes(UTF_8);
                ByteBuffer reply = ByteBuffer.allocate(4 + name.length);
                reply.putInt(CONTEXTS.indexOf(context) + 7).put(name);
                option(s, Nbd.OPT_SET_META_CONTEXT, Nbd.REP_META_CONTEXT, reply.array());
            }
        }
    }

    private static String string(ByteBuffer data) {
        byte[] bytes = new byte[data.getInt()];
        data.get(bytes);
        return new String(bytes, UTF_8);
    }

    private static void option(Session s, int option, int type, byte... data) throws IOException {
        s.out.writeLong(Nbd.REP_MAGIC);
        s.out.writeInt(option);
        s.out.writeInt(type);
        s.out.writeInt(data.length);
        s.out.write(data);
        s.out.flush();
    }

    /** A request as it came. */
    record Received(int type, long handle, long offset, int length, byte[] payload) {}

    /** One connection in its transmission phase. */
    static final class Session {
        final DataInputStream in;
        final DataOutputStream out;
        final Set<String> granted = new HashSet<>();

        Session(SocketChannel channel) {
            in = new DataInputStream(Channels.newInputStream(channel));
            out = new DataOutputStream(Channels.newOutputStream(channel));
        }

        Received receive() throws IOException {
            if (in.readInt() != Nbd.REQUEST_MAGIC) {
                throw new AssertionError("The client sent no request");
            }
            in.readShort();
            int type = in.readShort();
            long handle = in.readLong();
            long offset = in.readLong();
            int length = in.readInt();
            byte[] payload = in.readNBytes(type == Nbd.CMD_WRITE ? length : 0);
            if (type == Nbd.CMD_DISC) {
                throw new EOFException("Disconnected");
            }
            return new Received(type, handle, offset, length, payload);
        }

        List<Received> receive(int count) throws IOException {
            List<Received> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(receive());
            }
            return all;
        }

        void simple(long handle, int error) throws IOException {
            out.writeInt(Nbd.SIMPLE_REPLY_MAGIC);
            out.writeInt(error);
            out.writeLong(handle);
            out.flush();
        }

        void chunk(long handle, int flags, int type, byte[] payload) throws IOException {
            ByteBuffer chunk = ByteBuffer.allocate(20 + payload.length);
            chunk.putInt(Nbd.STRUCTURED_REPLY_MAGIC);
            chunk.putShort((short) flags).putShort((short) type);
            chunk.putLong(handle).putInt(payload.length).put(payload);
            out.write(chunk.array());
            out.flush();
        }

        void data(Received to, long at, byte[] content, int from, int length, int flags)
                throws IOException {
            byte[] payload =
                    ByteBuffer.allocate(8 + length).putLong(at).put(content, from, length).array();
            chunk(to.handle, flags, Nbd.REPLY_TYPE_OFFSET_DATA, payload);
        }

        void hole(Received to, long at, int length, int flags) throws IOException {
            byte[] payload = ByteBuffer.allocate(12).putLong(at).putInt(length).array();
            chunk(to.handle, flags, Nbd.REPLY_TYPE_OFFSET_HOLE, payload);
        }

        void done(Received to) throws IOException {
            chunk(to.handle, Nbd.REPLY_FLAG_DONE, Nbd.REPLY_TYPE_NONE, new byte[0]);
        }

        void error(Received to, int error, String message, int flags) throws IOException {
            byte[] text = message.getBytes(UTF_8);
            ByteBuffer payload = ByteBuffer.allocate(6 + text.length);
            payload.putInt(error).putShort((short) text.length).put(text);
            chunk(to.handle, flags, Nbd.REPLY_TYPE_FLAG_ERROR | 1, payload.array());
        }

        /** Extents as length and flags by turns, in the context of that place in the list. */
        void status(Received to, int context, int flags, int... extents) throws IOException {
            ByteBuffer payload = ByteBuffer.allocate(4 + 4 * extents.length).putInt(context + 7);
            for (int word : extents) {
                payload.putInt(word);
            }
            chunk(to.handle, flags, Nbd.REPLY_TYPE_BLOCK_STATUS, payload.array());
        }
    }
}
