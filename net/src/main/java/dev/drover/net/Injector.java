package dev.drover.net;

import dev.drover.ports.Frame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts frames into the VM's queue by a packet socket on its tap: they never enter the bridge, so
 * that no address is learned wrongly. Frames go in the order of the calls. Thread-safe.
 */
final class Injector implements AutoCloseable {
    /** struct virtio_net_hdr: what a packet socket takes in front of a frame. */
    private static final int HEADER_BYTES = 10;

    /** Of asm-generic/socket.h. */
    private static final int SOL_SOCKET = 1;

    private static final int SO_MARK = 36;

    /** Of linux/socket.h and linux/if_packet.h. */
    private static final int SOL_PACKET = 263;

    private static final int PACKET_VNET_HDR = 15;

    /** How often a full queue is tried again. */
    private static final long RETRY_NANOS = 100_000;

    private final Kernel kernel;
    private final Descriptor socket;
    private final String tap;
    private final ByteBuffer buffer = Buffers.zeroed(Tun.LARGEST_FRAME);

    /**
     * Opens the socket.
     *
     * @param mark of the frames: {@link GatePrograms#INJECTED} passes the gate
     */
    Injector(Kernel kernel, String tap, int index, int mark) {
        this.kernel = kernel;
        this.tap = tap;
        socket = PacketSocket.open(kernel, index, 0, "packet socket on tap " + tap);
        try {
            int fd = socket.number();
            kernel.check(
                    kernel.setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, 1),
                    "Setting PACKET_VNET_HDR on tap " + tap);
            kernel.check(
                    kernel.setsockopt(fd, SOL_SOCKET, SO_MARK, mark),
                    "Setting SO_MARK on tap " + tap);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends one frame.
     *
     * @return false when the queue had no room within that time
     * @throws KernelException when the tap is gone or down
     */
    synchronized boolean send(Frame frame, Duration atMost) {
        load(frame);
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            int result = socket.write(buffer);
            if (result >= 0) {
                return true;
            }
            if (result != -Kernel.ENOBUFS && result != -Kernel.EAGAIN) {
                throw kernel.refused(-result, "Injecting a frame into tap " + tap);
            }
            if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    /** Runs the code of {@link #send} with a frame too short to be sent. */
    synchronized void warm() {
        buffer.clear().limit(HEADER_BYTES);
        int _ = socket.write(buffer);
    }

    private void load(Frame frame) {
        byte[] bytes = frame.bytes();
        buffer.clear();
        buffer.put(bytes, 0, HEADER_BYTES);
        buffer.put(bytes, frame.vnetHeaderBytes(), bytes.length - frame.vnetHeaderBytes());
        buffer.flip();
    }

    @Override
    public void close() {
        socket.close();
    }
}
