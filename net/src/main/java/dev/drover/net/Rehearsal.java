package dev.drover.net;

import dev.drover.ports.Frame;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Plays a hold and an opening at a tap of its own, which belongs to no bridge and leads nowhere.
 * The first of everything in a process costs up to 50 ms (class loading, linking of native calls);
 * it is to be spent before the pause and not in it.
 */
final class Rehearsal {
    private static final AtomicBoolean PLAYED = new AtomicBoolean();
    private static final Duration ENOUGH = Duration.ofSeconds(1);
    private static final String MAC = "02:00:00:00:00:00";
    private static final int FRAMES = 200;
    private static final int FRAME_BYTES = 60;

    private Rehearsal() {}

    /** Plays, unless it was played before in this process. Some 0.2 to 0.5 s. */
    static void once(Kernel kernel, String tap) {
        if (PLAYED.getAndSet(true)) {
            return;
        }
        String name = CaptureTap.nameFor("rehearsal " + tap);
        try (Rtnetlink netlink = Rtnetlink.open(kernel);
                CaptureTap stage = CaptureTap.createNamed(kernel, netlink, name);
                EbpfPacketGate gate = EbpfPacketGate.open(GateOptions.of(name, name));
                Injector network = new Injector(kernel, name, stage.index(), 0)) {
            play(gate, network);
        }
    }

    private static void play(EbpfPacketGate gate, Injector network) {
        Frame frame = new Frame(Tun.HEADER_BYTES, new byte[Tun.HEADER_BYTES + FRAME_BYTES]);
        gate.follow(ProcessHandle.current().pid());
        gate.hold(ENOUGH);
        boolean _ = gate.drain(ENOUGH);
        gate.keep();
        gate.shutOutput();
        for (int i = 0; i < FRAMES; i++) {
            boolean _ = network.send(frame, ENOUGH);
            gate.take(ENOUGH).ifPresent(taken -> gate.inject(taken, ENOUGH));
            boolean _ = network.send(frame, ENOUGH);
            gate.take(ENOUGH);
        }
        boolean _ = network.send(frame, ENOUGH);
        long _ = gate.open(ENOUGH);
        gate.openOutput();
        gate.announce(MAC);
        boolean _ = gate.awaitAnnouncement(MAC, Duration.ZERO);
        boolean _ = gate.leaseExpired();
        var _ = gate.counters();
    }
}
