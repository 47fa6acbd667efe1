package dev.drover.agent;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Serves what {@link dev.drover.testkit.guest.FakeDisk} exports, as disks of no bytes: whoever
 * copies them goes all the way and finds nothing to copy. NBD by doc/proto.md of the
 * NetworkBlockDevice/nbd project, without structured replies.
 */
final class EmptyDisk implements Closeable {
    private static final long INIT_PASSWD = 0x4e42444d41474943L;
    private static final long IHAVEOPT = 0x49484156454f5054L;
    private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final long REPLY_MAGIC = 0x3e889045565a9L;
    private static final int OPT_GO = 7;
    private static final int REP_ACK = 1;
    private static final int REP_INFO = 3;
    private static final int REP_ERR_UNSUP = 1 << 31 | 1;
    private static final int INFO_EXPORT_BYTES = 12;
    private static final int FLAGS_AND_FLUSH = 1 | 1 << 2;
    private static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    private static final int CMD_DISC = 2;

    private final ServerSocketChannel listener;

    /** Listens at the socket of a VM's disks, whose directory it makes. */
    EmptyDisk(Path directory) throws IOException {
        Files.createDirectories(directory);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(directory.resolve("nbd.sock")));
        Thread.ofVirtual().start(this::accept);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = listener.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private static void serve(SocketChannel connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(connection));
            DataOutputStream out = new DataOutputStream(Channels.newOutputStream(connection));
            negotiate(in, out);
            answer(in, out);
        } catch (IOException _) {
            // The client is gone.
        }
    }

    private static void negotiate(DataInputStream in, DataOutputStream out) throws IOException {
        out.writeLong(INIT_PASSWD);
        out.writeLong(IHAVEOPT);
        out.writeShort(FIXED_NEWSTYLE_NO_ZEROES);
        in.skipNBytes(Integer.BYTES); // client flags
        while (true) {
            in.skipNBytes(Long.BYTES); // IHAVEOPT
            int option = in.readInt();
            in.skipNBytes(in.readInt());
            if (option == OPT_GO) {
                reply(out, option, REP_INFO, INFO_EXPORT_BYTES);
                out.writeShort(0); // NBD_INFO_EXPORT
                out.writeLong(0); // size
                out.writeShort(FLAGS_AND_FLUSH);
                reply(out, option, REP_ACK, 0);
                return;
            }
            reply(out, option, REP_ERR_UNSUP, 0);
        }
    }

    private static void reply(DataOutputStream out, int option, int type, int length)
            throws IOException {
        out.writeLong(REPLY_MAGIC);
        out.writeInt(option);
        out.writeInt(type);
        out.writeInt(length);
    }

    /** Of an empty disk only a flush can be asked. */
    private static void answer(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            in.skipNBytes(Integer.BYTES + Short.BYTES); // magic, flags
            short command = in.readShort();
            long handle = in.readLong();
            in.skipNBytes(Long.BYTES + Integer.BYTES); // offset, length
            if (command == CMD_DISC) {
                return;
            }
            out.writeInt(SIMPLE_REPLY_MAGIC);
            out.writeInt(0);
            out.writeLong(handle);
        }
    }
}
