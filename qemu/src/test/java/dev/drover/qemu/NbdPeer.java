package dev.drover.qemu;

import dev.drover.ports.Disk;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The least of an NBD client (doc/proto.md of NBD): fixed newstyle, simple replies, one at a time.
 */
final class NbdPeer implements AutoCloseable {
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final int OPT_EXPORT_NAME = 1;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int FLAGS_NO_ZEROES = 3;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final long size;

    NbdPeer(Disk.Export export) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(export.socket()));
        in = new DataInputStream(Channels.newInputStream(channel));
        in.skipNBytes(18);
        byte[] name = export.name().getBytes(StandardCharsets.UTF_8);
        ByteBuffer hello = ByteBuffer.allocate(20 + name.length);
        hello.putInt(FLAGS_NO_ZEROES).putLong(OPTION_MAGIC).putInt(OPT_EXPORT_NAME);
        send(hello.putInt(name.length).put(name));
        size = in.readLong();
        in.skipNBytes(2);
    }

    long size() {
        return size;
    }

    byte[] read(long offset, int length) throws IOException {
        request(0, offset, length, new byte[0]);
        return in.readNBytes(length);
    }

    void write(long offset, byte[] bytes) throws IOException {
        request(1, offset, bytes.length, bytes);
    }

    void flush() throws IOException {
        request(3, 0, 0, new byte[0]);
    }

    private void request(int type, long offset, int length, byte[] payload) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(28 + payload.length);
        request.putInt(REQUEST_MAGIC).putInt(type).putLong(7).putLong(offset).putInt(length);
        send(request.put(payload));
        in.skipNBytes(4);
        int error = in.readInt();
        in.skipNBytes(8);
        if (error != 0) {
            throw new IOException("NBD request " + type + " at " + offset + ": error " + error);
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
