package dev.drover.net;

import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads the capture and the announcements as they come. It sleeps in poll(2) as
 * long as nothing does. A platform thread: a native wait would hold a virtual one's carrier.
 */
final class CaptureReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureReader.class);
    private static final int STOP = 1;
    private static final int CAPTURE = 2;
    private static final int ANNOUNCEMENT = 4;

    private final Kernel kernel;
    private final Descriptor stop;
    private final Thread thread;

    CaptureReader(
            Kernel kernel, String tap, CaptureTap ring, Capture capture, Announcements heard) {
        this.kernel = kernel;
        stop =
                new Descriptor(
                        kernel, kernel.check(kernel.eventfd(), "Making an eventfd"), "eventfd");
        int[] fds = {stop.number(), ring.fd(), heard.fd()};
        thread =
                Thread.ofPlatform()
                        .name("gate-" + tap)
                        .daemon()
                        .start(() -> run(fds, capture, heard));
    }

    private void run(int[] fds, Capture capture, Announcements heard) {
        for (long ready = 0; (ready & STOP) == 0; ready = kernel.poll(-1, fds)) {
            if ((ready & CAPTURE) != 0) {
                try {
                    capture.pump();
                } catch (KernelException e) {
                    LOG.error("The gate has lost its capture; held frames are lost", e);
                    fds[1] = -1; // poll(2) leaves it out
                }
            }
            if ((ready & ANNOUNCEMENT) != 0) {
                heard.receive();
            }
        }
    }

    /** Ends the thread, which is seen to have ended. */
    @Override
    public void close() {
        ByteBuffer one = Buffers.zeroed(8).putLong(0, 1);
        kernel.check(stop.write(one), "Ending the gate's reader");
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        stop.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
