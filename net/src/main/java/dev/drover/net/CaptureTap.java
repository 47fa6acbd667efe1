package dev.drover.net;

import dev.drover.ports.Frame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The tap into which the gate sends what it captures. It belongs to no bridge and goes with the
 * process. One reader at a time.
 */
final class CaptureTap implements AutoCloseable {
    /** Frames that the kernel keeps for the reader; what is beyond is lost. */
    private static final int QUEUE_LENGTH = 20_000;

    /** The largest MTU of a tap (MAX_MTU of drivers/net/tun.c): nothing captured is too long. */
    private static final int MTU = 65_521;

    private final Kernel kernel;
    private final Descriptor queue;
    private final int index;
    private final ByteBuffer buffer = Buffers.zeroed(Tun.LARGEST_FRAME);

    private CaptureTap(Kernel kernel, Descriptor queue, int index) {
        this.kernel = kernel;
        this.queue = queue;
        this.index = index;
    }

    static CaptureTap create(Kernel kernel, Rtnetlink netlink, String vmTap) {
        return createNamed(kernel, netlink, nameFor(vmTap));
    }

    /** A tap of that name, up, that is gone when it is closed. */
    static CaptureTap createNamed(Kernel kernel, Rtnetlink netlink, String name) {
        Tun tun = Tun.attach(kernel, name, Kernel.O_NONBLOCK);
        try {
            tun.setHeaderBytes(Tun.HEADER_BYTES);
            tun.acceptOffloads();
            Tap.silence(name);
            Rtnetlink.Link link = netlink.get(name);
            netlink.size(link, QUEUE_LENGTH, MTU);
            netlink.noQueue(link);
            netlink.up(link);
            return new CaptureTap(
                    kernel, new Descriptor(kernel, tun.fd(), "capture " + name), link.index());
        } catch (RuntimeException e) {
            kernel.close(tun.fd());
            throw e;
        }
    }

    /** Always the same for a VM's tap, so that what a dead agent left can be found. */
    static String nameFor(String vmTap) {
        CRC32 crc = new CRC32();
        crc.update(vmTap.getBytes(StandardCharsets.US_ASCII));
        return "dc" + String.format("%08x", crc.getValue());
    }

    int index() {
        return index;
    }

    int fd() {
        return queue.number();
    }

    /** Waits until there is something to read; false when there was not within that time. */
    boolean await(int millis) {
        return queue.awaitReadable(millis);
    }

    /**
     * The next frame, if the kernel has one.
     *
     * @throws KernelException when somebody removed the capture
     */
    Optional<Frame> read() {
        int length = queue.read(buffer);
        if (length == -Kernel.EAGAIN) {
            return Optional.empty();
        }
        kernel.check(length, "Reading the gate's capture");
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        // num_buffers: the driver leaves it as it was in our buffer.
        bytes[10] = 0;
        bytes[11] = 0;
        return Optional.of(new Frame(Tun.HEADER_BYTES, bytes));
    }

    /** What the frame weighs in the {@link GateWord}; gso_type is the header's second byte. */
    static int weight(Frame frame) {
        return frame.bytes()[1] == 0 ? 1 : GateWord.GSO_WEIGHT;
    }

    @Override
    public void close() {
        queue.close();
    }
}
