package dev.drover.agent;

import dev.drover.ports.Frame;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;

/**
 * How captured frames travel between two agents: 4 bytes length (big-endian), 1 byte length of the
 * virtio-net header, header and frame. A length of 0 is the end mark: everything that follows was
 * late. Back come 8-byte counts of the frames that have been delivered so far.
 */
final class FrameWire {
    /** Largest GSO frame (64 KiB, GSO_MAX_SIZE of linux/netdevice.h) and room for its headers. */
    private static final int LARGEST = 68 * 1024;

    private FrameWire() {}

    static void write(DataOutputStream out, Frame frame) throws IOException {
        out.writeInt(frame.bytes().length);
        out.writeByte(frame.vnetHeaderBytes());
        out.write(frame.bytes());
    }

    static void writeEnd(DataOutputStream out) throws IOException {
        out.writeInt(0);
    }

    /** The next frame; empty for the end mark. */
    static Optional<Frame> read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == 0) {
            return Optional.empty();
        }
        if (length < 0 || length > LARGEST) {
            throw new IOException("A frame of " + length + " bytes is none");
        }
        int header = in.readUnsignedByte();
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return Optional.of(new Frame(header, bytes));
    }
}
