package dev.drover.net;

import dev.drover.ports.Frame;
import dev.drover.testkit.net.NumberedFrame;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A stand-in for QEMU: has the tap open and reads it, or not. */
final class TapVm implements AutoCloseable {
    private final Descriptor queue;
    private final ByteBuffer in = Buffers.zeroed(Tun.LARGEST_FRAME);
    private final Consumer<Frame> receiver;
    private final Thread thread;
    private boolean reading = true;
    private volatile boolean ended;

    TapVm(String tap, Consumer<Frame> receiver) {
        this.receiver = receiver;
        Tun tun = Tun.attach(LinuxKernel.INSTANCE, tap, Kernel.O_NONBLOCK);
        tun.setHeaderBytes(Tun.HEADER_BYTES);
        tun.acceptOffloads();
        queue = new Descriptor(LinuxKernel.INSTANCE, tun.fd(), "test VM's tap");
        thread = Thread.ofPlatform().daemon().name("vm-" + tap).start(this::run);
    }

    /** Collects the numbers of frames, in order. */
    static TapVm into(String tap, List<Long> numbers) {
        return new TapVm(
                tap,
                frame -> {
                    OptionalLong number = NumberedFrame.number(frame);
                    if (number.isPresent()) {
                        numbers.add(number.getAsLong());
                    }
                });
    }

    private void run() {
        while (!ended) {
            if (queue.awaitReadable(5)) {
                readAll();
            }
        }
    }

    private synchronized void readAll() {
        int length = 0;
        while (reading && (length = queue.read(in)) > 0) {
            byte[] bytes = new byte[length];
            in.get(0, bytes);
            receiver.accept(new Frame(Tun.HEADER_BYTES, bytes));
        }
    }

    /** Reads on, or not: when this returns with false, no frame is taken any more. */
    synchronized void reads(boolean on) {
        reading = on;
    }

    /** Whether frames wait in the queue. */
    boolean hasMore() {
        return queue.readable();
    }

    void send(Frame frame) {
        int header = Tun.headerBytes(LinuxKernel.INSTANCE, queue.number());
        int length = frame.bytes().length - frame.vnetHeaderBytes();
        ByteBuffer out = Buffers.zeroed(header + length);
        out.put(header, frame.bytes(), frame.vnetHeaderBytes(), length);
        LinuxKernel.INSTANCE.check(queue.write(out), "Sending as the VM");
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        queue.close();
    }
}
