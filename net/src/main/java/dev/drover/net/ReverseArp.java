package dev.drover.net;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The frame by which a VM's new place is announced: a reverse ARP request, RFC 903. */
final class ReverseArp {
    static final int ETHER_TYPE = 0x8035;

    /** The shortest Ethernet frame, without its checksum. */
    static final int BYTES = 60;

    private static final int MAC_BYTES = 6;

    private ReverseArp() {}

    /**
     * The request of the interface for its own address, as QEMU's announce_self_create makes it.
     */
    static ByteBuffer request(String mac) {
        byte[] address = parse(mac);
        return ByteBuffer.allocate(BYTES)
                .putLong(0xffff_ffff_ffff_0000L)
                .position(MAC_BYTES)
                .put(address)
                .putShort((short) ETHER_TYPE)
                .putShort((short) 1) // hardware: Ethernet
                .putShort((short) 0x0800) // protocol: IPv4
                .put((byte) MAC_BYTES)
                .put((byte) 4)
                .putShort((short) 3) // request reverse
                .put(address)
                .putInt(0)
                .put(address)
                .clear();
    }

    /** Whose frame this is. */
    static String sender(ByteBuffer frame) {
        byte[] address = new byte[MAC_BYTES];
        frame.get(MAC_BYTES, address);
        return HexFormat.ofDelimiter(":").formatHex(address);
    }

    /** The address in lower case. */
    static String normalize(String mac) {
        return HexFormat.ofDelimiter(":").formatHex(parse(mac));
    }

    /** The six bytes of an address; throws {@link IllegalArgumentException} when it is none. */
    static byte[] parse(String mac) {
        byte[] address;
        try {
            address = HexFormat.ofDelimiter(":").parseHex(mac);
        } catch (IllegalArgumentException _) {
            address = new byte[0];
        }
        if (address.length != MAC_BYTES) {
            throw new IllegalArgumentException(
                    "The MAC address " + mac + " is not xx:xx:xx:xx:xx:xx");
        }
        return address;
    }
}
