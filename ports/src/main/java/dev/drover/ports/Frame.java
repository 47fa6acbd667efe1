package dev.drover.ports;

/**
 * One Ethernet frame as a tap hands it out, with its virtio-net header in front.
 *
 * @param vnetHeaderBytes length of the header (10 or 12, struct virtio_net_hdr of
 *     linux/virtio_net.h)
 * @param bytes header and frame; not to be changed by anyone
 */
public record Frame(int vnetHeaderBytes, byte[] bytes) {
    /** True when the destination is a group address (broadcast or multicast). */
    public boolean isGroup() {
        return (bytes[vnetHeaderBytes] & 1) != 0;
    }
}
