package dev.drover.testkit.net;

import dev.drover.ports.Frame;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.OptionalLong;

/** Frames that carry a number, so that a loss, a double and a change of order show. */
public final class NumberedFrame {
    /** Local experimental Ethernet type of IEEE 802. */
    public static final int ETHER_TYPE = 0x88b5;

    /** The destination of a broadcast. */
    public static final String BROADCAST = "ff:ff:ff:ff:ff:ff";

    private static final int HEADER_BYTES = 12;
    private static final int ETHERNET_BYTES = 14;
    private static final int BYTES = 60;

    private NumberedFrame() {}

    /** A frame with a header of zeros in front: no offload. */
    public static Frame of(String destination, String source, long number) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + BYTES);
        frame.position(HEADER_BYTES);
        frame.put(address(destination)).put(address(source)).putShort((short) ETHER_TYPE);
        frame.putLong(number);
        return new Frame(HEADER_BYTES, frame.array());
    }

    /** The number of a frame, if it is one of these. */
    public static OptionalLong number(Frame frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame.bytes());
        int start = frame.vnetHeaderBytes();
        if (bytes.capacity() < start + ETHERNET_BYTES + Long.BYTES
                || bytes.getShort(start + ETHERNET_BYTES - 2) != (short) ETHER_TYPE) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(bytes.getLong(start + ETHERNET_BYTES));
    }

    /** The six bytes of an address. */
    public static byte[] address(String mac) {
        return HexFormat.ofDelimiter(":").parseHex(mac);
    }
}
