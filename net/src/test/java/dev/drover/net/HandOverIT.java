package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.ports.Frame;
import dev.drover.testkit.net.GateBench;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packet side of a move, as the agents do it, between two hosts under traffic. */
@ExtendWith(OwnNetwork.class)
class HandOverIT {
    private static final int MOVES = 20;
    private static final Duration CAP = Duration.ofMinutes(1);
    private static final Duration SILENCE = Duration.ofMillis(10);
    private static final long HERE = ProcessHandle.current().pid();

    @ParameterizedTest
    @EnumSource(names = {"TCX", "CLSACT"})
    void movesBackAndForthLoseNothing(Attachment attachment) throws Exception {
        List<Long> received = Collections.synchronizedList(new ArrayList<>());
        Ip.bridge("sw");
        Ip.cable("cable", "sw", "net");
        try (TestHost a = new TestHost("a", "sw");
                TestHost b = new TestHost("b", "sw");
                Wire wire = new Wire("net")) {
            TapVm vm = a.vm(received);
            vm.send(hello());
            try (NumberedTraffic traffic = new NumberedTraffic(wire, 0, 5000)) {
                for (int move = 0; move < MOVES; move++) {
                    TestHost source = move % 2 == 0 ? a : b;
                    TestHost target = move % 2 == 0 ? b : a;
                    vm = move(source, target, vm, received, attachment);
                }
                long sent = traffic.end();
                Until.until(() -> received.size() >= sent, () -> traffic.gaps(received));
                traffic.assertWhole(List.copyOf(received));
            } finally {
                vm.close();
            }
        }
    }

    /** The VM's first frame: the bridges learn where it is. */
    private static Frame hello() {
        byte[] frame = new byte[Tun.HEADER_BYTES + ReverseArp.BYTES];
        ReverseArp.request(GateBench.MAC).get(frame, Tun.HEADER_BYTES, ReverseArp.BYTES);
        return new Frame(Tun.HEADER_BYTES, frame);
    }

    private TapVm move(
            TestHost source, TestHost target, TapVm vm, List<Long> received, Attachment attachment)
            throws InterruptedException {
        try (EbpfPacketGate there = EbpfPacketGate.open(target.gate(attachment).droppingGroup());
                EbpfPacketGate here =
                        EbpfPacketGate.open(source.gate(attachment).following(HERE))) {
            there.shutOutput();
            there.hold(CAP);
            there.keep();
            TapVm copy = target.vm(received);
            copy.reads(false);
            there.follow(HERE);
            here.rehearse();
            there.rehearse();

            here.hold(CAP);
            assertThat(here.drain(CAP)).isTrue();
            vm.reads(false);
            here.keep();
            here.shutOutput();
            assertThat(here.leaseExpired()).isFalse();
            Thread forwarder = forward(here, there);

            there.openOutput();
            there.announce(GateBench.MAC);
            copy.reads(true);
            assertThat(forwarder.join(CAP)).as(here.counters()::toString).isTrue();
            there.open(CAP);
            assertThat(there.forcedOpenings()).isZero();
            assertThat(here.counters().held())
                    .isEqualTo(there.counters().injected() - there.counters().taken());
            vm.close();
            return copy;
        }
    }

    /** From the hold until the target's announcement was heard and silence followed it. */
    private static Thread forward(EbpfPacketGate from, EbpfPacketGate to) {
        LinkedBlockingQueue<Frame> link = new LinkedBlockingQueue<>();
        return Thread.ofPlatform()
                .start(() -> {
                    boolean announced = false;
                    while (true) {
                        Optional<Frame> frame = from.take(SILENCE);
                        frame.ifPresent(link::add);
                        if (frame.isEmpty() && announced) {
                            break;
                        }
                        announced |= from.awaitAnnouncement(GateBench.MAC, Duration.ZERO);
                    }
                    for (Frame frame : link) {
                        if (!to.inject(frame, CAP)) {
                            return;
                        }
                    }
                });
    }
}
