package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.ports.Frame;
import dev.drover.testkit.net.NumberedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holding and opening, again and again under traffic, loses, doubles and reorders nothing. */
@ExtendWith(OwnNetwork.class)
class OpenUnderLoadIT {
    private static final int TRIALS = 200;
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final long SEED = 20_261_124;

    @ParameterizedTest(name = "{0}, {1} senders, {2} frames/s each")
    @CsvSource({
        "TCX, 1, 5000",
        "CLSACT, 1, 5000",
        "TCX, 2, 5000",
        "CLSACT, 2, 5000",
        "TCX, 2, 20000"
    })
    void everyFrameArrivesOnceAndInOrder(Attachment attachment, int senders, int perSecond) {
        List<Long> received = Collections.synchronizedList(new ArrayList<>());
        Random random = new Random(SEED);
        Ip.bridge("sw");
        Ip.cable("cable", "sw", "net");
        try (TestHost host = new TestHost("a", "sw");
                TapVm vm = host.vm(received);
                EbpfPacketGate gate = EbpfPacketGate.open(host.gate(attachment));
                Wire wire = new Wire("net")) {
            gate.follow(ProcessHandle.current().pid());
            gate.rehearse();
            List<NumberedTraffic> traffic = new ArrayList<>();
            for (int stream = 0; stream < senders; stream++) {
                traffic.add(new NumberedTraffic(wire, stream, perSecond));
            }
            for (int trial = 0; trial < TRIALS; trial++) {
                gate.hold(LONG);
                pass(random.nextInt(3_000_000));
                gate.open(LONG);
                pass(random.nextInt(1_500_000));
            }
            long sent = traffic.stream().mapToLong(NumberedTraffic::end).sum();
            Until.until(
                    () -> received.size() >= sent && !vm.hasMore(),
                    () -> received.size() + " of " + sent);
            traffic.forEach(t -> t.assertWhole(List.copyOf(received)));
            assertThat(gate.forcedOpenings()).isZero();
            assertThat(gate.counters().held()).isEqualTo(gate.counters().taken()).isPositive();
        }
    }

    /** What a long hold has gathered is more than the VM's queue has room for. */
    @Test
    void aSlowVmGetsAllThatWasHeldInOrder() {
        List<Long> received = Collections.synchronizedList(new ArrayList<>());
        Ip.bridge("sw");
        Ip.cable("cable", "sw", "net");
        try (TestHost host = new TestHost("a", "sw");
                TapVm vm = host.vm(frame -> takeSlowly(frame, received));
                EbpfPacketGate gate = EbpfPacketGate.open(host.gate(Attachment.AUTO));
                Wire wire = new Wire("net")) {
            gate.follow(ProcessHandle.current().pid());
            gate.hold(LONG);
            NumberedTraffic traffic = new NumberedTraffic(wire, 0, 20_000);
            Until.until(
                    () -> gate.counters().held() > Tap.QUEUE_LENGTH + 5_000,
                    () -> gate.counters().toString());
            long sent = traffic.end();
            gate.open(Duration.ofMillis(200));
            Until.until(
                    () -> received.size() >= sent && !vm.hasMore(),
                    () -> received.size() + " of " + sent + ", " + gate.counters());
            traffic.assertWhole(List.copyOf(received));
            assertThat(gate.forcedOpenings()).isZero();
        }
    }

    private static void takeSlowly(Frame frame, List<Long> received) {
        NumberedFrame.number(frame).ifPresent(received::add);
        pass(100_000);
    }

    /** Lets traffic flow for so many nanoseconds. */
    private static void pass(int nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(50_000);
        }
    }
}
