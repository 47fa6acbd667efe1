package dev.drover.net;

import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate by a small eBPF program on the VM's tap ({@link GatePrograms}), which passes frames,
 * sends them to a capture, and opens by itself in the very instant in which the capture is empty.
 *
 * <p>Made in the network namespace of the calling thread, some 20 to 60 ms before it is needed.
 * What the process leaves when it is killed: see {@link Attachment}, and {@link #removeLeftovers}.
 *
 * <p>Known limits: a GSO frame of a kind that the kernel's tap does not know (UDP before Linux 6.2,
 * tunnels) is delivered in segments, and the gate then opens at the next millisecond without
 * frames, at the latest when {@link #open}'s patience is over. A frame that was being handed to the
 * VM when the gate closed needs up to some tens of microseconds to show in its queue; {@link
 * #drain} looks for 0.6 ms.
 */
public final class EbpfPacketGate implements PacketGate {
    private static final Logger LOG = LoggerFactory.getLogger(EbpfPacketGate.class);

    /** How often the VM's queue must be seen empty, and how far apart. */
    private static final int EMPTY_LOOKS = 3;

    private static final long LOOK_NANOS = 300_000;

    /** Largest GSO frame (GSO_MAX_SIZE of linux/netdevice.h) and room for its headers. */
    private static final int LARGEST_FRAME_BYTES = 68 * 1024;

    private final Kernel kernel;
    private final GateOptions options;
    private final GateParts parts;
    private final GateMap map;
    private final Capture capture;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong injected = new AtomicLong();
    private final AtomicLong forcedOpenings = new AtomicLong();
    private @Nullable Descriptor queue;
    private volatile boolean leftovers;
    private boolean closed;

    private EbpfPacketGate(Kernel kernel, GateOptions options, GateParts parts) {
        this.kernel = kernel;
        this.options = options;
        this.parts = parts;
        this.map = parts.map;
        this.capture = parts.capture;
    }

    /**
     * Makes a gate, open, at a tap that no other gate is at.
     *
     * @throws KernelException when the kernel refuses; nothing is left behind then
     * @throws IllegalArgumentException when the tap is no port of the bridge
     */
    public static EbpfPacketGate open(GateOptions options) {
        Kernel kernel = LinuxKernel.INSTANCE;
        EbpfPacketGate gate = new EbpfPacketGate(kernel, options, new GateParts(kernel, options));
        try {
            options.process().ifPresent(gate::follow);
            return gate;
        } catch (RuntimeException e) {
            gate.close();
            throw e;
        }
    }

    /**
     * Removes what a killed process left at this tap: its filters and the capture. Not while a gate
     * is at work there. Does nothing when nothing, not even the tap, is there.
     */
    public static void removeLeftovers(String tap) {
        Tap.checkName(tap);
        try (Rtnetlink netlink = Rtnetlink.open(LinuxKernel.INSTANCE)) {
            netlink.find(tap)
                    .ifPresent(link -> {
                        netlink.removeFilter(link.index(), Rtnetlink.EGRESS);
                        netlink.removeFilter(link.index(), Rtnetlink.INGRESS);
                    });
            netlink.delete(CaptureTap.nameFor(tap));
        }
    }

    /**
     * Lets the bridge move the VM's address away from this tap, where a killed process may have
     * left it pinned. Does nothing when the tap is not there, or no port of a bridge.
     */
    public static void unpinLeftover(String tap, String mac) {
        Tap.checkName(tap);
        try (Rtnetlink netlink = Rtnetlink.open(LinuxKernel.INSTANCE)) {
            netlink.find(tap)
                    .filter(link -> link.master() != 0)
                    .ifPresent(link -> netlink.forget(link.index(), ReverseArp.parse(mac)));
        }
    }

    /**
     * Watches the queue of the process that has the tap open now, by a duplicate of its descriptor.
     * The tap stays up from then on, also when the process exits.
     *
     * @throws KernelException when the process does not have the tap open
     */
    public synchronized void follow(long pid) {
        Descriptor followed = Tap.duplicate(pid, options.tap());
        if (queue != null) {
            queue.close();
        }
        queue = followed;
    }

    /** How the programs are attached: never {@link Attachment#AUTO}. */
    public Attachment attachment() {
        return parts.attachment;
    }

    /**
     * Leaves out group-addressed frames that are captured from now on, or no longer. {@link #open}
     * ends it as well.
     */
    public void dropGroup(boolean on) {
        capture.pump();
        capture.dropGroup(on);
    }

    /** How often {@link #open} had to open before all was delivered, order and frames at risk. */
    public long forcedOpenings() {
        return forcedOpenings.get();
    }

    /** Frames of the VM that {@link #shutOutput} dropped. */
    public long outputDropped() {
        return map.get(GateMap.SHUT_DROPPED);
    }

    /**
     * Runs the code of the pause once, without effect on the VM or its frames: the first of
     * everything in a process costs up to 50 ms. So does the first call of this, 0.2 to 0.5 s;
     * later ones cost 0.1 ms.
     */
    public synchronized void rehearse() {
        Rehearsal.once(kernel, options.tap());
        parts.injector.warm();
        parts.announcements.receive();
        capture.pump();
        if (GateWord.state(map.updateWord(word -> word)) == GateWord.OPEN) {
            map.startLease(1);
        }
        if (queue() != null) {
            boolean _ = drain(Duration.ZERO);
            int _ = Tun.headerBytes(kernel, watched().number());
        }
    }

    @Override
    public synchronized void hold(Duration lease) {
        if (!lease.isPositive()) {
            throw new IllegalArgumentException("The lease of a hold must be positive: " + lease);
        }
        long word = map.word();
        if (GateWord.state(word) == GateWord.KEPT) {
            return;
        }
        map.startLease(lease.toNanos());
        if (GateWord.state(word) == GateWord.OPEN && !leftovers) {
            parts.announcements.restart();
            map.set(GateMap.EXPIRED, 0);
            map.startLease(lease.toNanos());
            map.updateWord(GateWord::heldAnew);
            leftovers = true;
        } else {
            map.updateWord(w -> GateWord.withState(w, GateWord.LEASED));
        }
    }

    @Override
    public synchronized void keep() {
        map.updateWord(word -> GateWord.withState(word, GateWord.KEPT));
    }

    @Override
    public boolean leaseExpired() {
        return map.get(GateMap.EXPIRED) > 0;
    }

    @Override
    public boolean drain(Duration atMost) {
        Descriptor watched = watched();
        long deadline = System.nanoTime() + atMost.toNanos();
        for (int empty = 0; ; LockSupport.parkNanos(LOOK_NANOS)) {
            empty = watched.readable() ? 0 : empty + 1;
            if (empty == EMPTY_LOOKS) {
                return true;
            }
            if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
    }

    @Override
    public long discardUntaken() {
        Descriptor watched = watched();
        ByteBuffer frame = Buffers.zeroed(LARGEST_FRAME_BYTES);
        long untaken = 0;
        while (watched.readable()) {
            kernel.check(watched.read(frame.clear()), "Emptying tap " + options.tap());
            untaken++;
        }
        return untaken;
    }

    @Override
    public Optional<Frame> take(Duration atMost) {
        Optional<Frame> frame = capture.poll(atMost);
        frame.ifPresent(f -> {
            taken.incrementAndGet();
            capture.left(f);
        });
        return frame;
    }

    @Override
    public boolean inject(Frame frame, Duration atMost) {
        boolean sent = parts.injector.send(frame, atMost);
        if (sent) {
            injected.incrementAndGet();
        }
        return sent;
    }

    @Override
    public long open(Duration patience) {
        capture.takeOver();
        try {
            Opening opening = new Opening(map, capture, this::inject);
            boolean complete = opening.run(patience);
            taken.addAndGet(opening.delivered());
            if (!complete) {
                forcedOpenings.incrementAndGet();
                LOG.warn(
                        "The gate of tap {} was opened by force, since its VM did not get on with"
                                + " what was held for {} ms: order at risk",
                        options.tap(),
                        patience.toMillis());
            }
            leftovers = false;
            return opening.delivered();
        } finally {
            capture.handBack();
        }
    }

    @Override
    public void shutOutput() {
        map.set(GateMap.SHUT, 1);
    }

    @Override
    public void openOutput() {
        map.set(GateMap.SHUT, 0);
    }

    /**
     * {@inheritDoc} It enters the bridge by the VM's own port, as if the VM had sent it, so that
     * this host's bridge learns as well; while the output is shut it is dropped.
     *
     * @throws KernelException when the tap is gone
     * @throws IllegalStateException when no process is followed
     */
    @Override
    public void announce(String mac) {
        ByteBuffer frame = ReverseArp.request(mac);
        Descriptor watched = watched();
        int header = Tun.headerBytes(kernel, watched.number());
        ByteBuffer whole = Buffers.zeroed(header + ReverseArp.BYTES);
        whole.put(header, frame, 0, ReverseArp.BYTES);
        kernel.check(watched.write(whole), "Announcing " + mac + " on tap " + options.tap());
    }

    @Override
    public boolean awaitAnnouncement(String mac, Duration atMost) {
        return parts.announcements.await(mac, atMost);
    }

    @Override
    public void pin(String mac) {
        parts.placement.pin(mac);
    }

    @Override
    public void unpin() {
        parts.placement.unpin();
        parts.announcements.restart(); // what was heard before taught the bridge nothing
    }

    @Override
    public Counters counters() {
        return new Counters(
                map.get(GateMap.HELD),
                taken.get(),
                injected.get(),
                capture.dropped(),
                capture.groupDropped());
    }

    /**
     * {@inheritDoc} The fence of {@link #shutOutput} goes as well: end the VM first where it must
     * stay silent. What is still captured is dropped and counted.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        map.updateWord(word -> GateWord.withState(word, GateWord.OPEN));
        try {
            parts.close();
        } finally {
            if (queue != null) {
                queue.close();
            }
        }
    }

    private synchronized @Nullable Descriptor queue() {
        return queue;
    }

    private Descriptor watched() {
        Descriptor watched = queue();
        if (watched == null) {
            throw new IllegalStateException(
                    "The gate of tap "
                            + options.tap()
                            + " follows no process yet; call follow with QEMU's");
        }
        return watched;
    }
}
