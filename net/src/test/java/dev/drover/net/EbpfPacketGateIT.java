package dev.drover.net;

import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import dev.drover.testkit.net.GateBench;
import dev.drover.testkit.net.PacketGateContract;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** The gate in the kernel keeps the contract, by either attachment. */
@ExtendWith(OwnNetwork.class)
class EbpfPacketGateIT {
    @Nested
    class Tcx extends PacketGateContract {
        @Override
        protected GateBench bench() {
            return new KernelBench(Attachment.TCX);
        }
    }

    @Nested
    class Clsact extends PacketGateContract {
        @Override
        protected GateBench bench() {
            return new KernelBench(Attachment.CLSACT);
        }
    }

    /** One bridge with the VM's tap and a cable to the network. */
    private static final class KernelBench implements GateBench {
        private final List<Long> received = new CopyOnWriteArrayList<>();
        private final TestHost host;
        private final TapVm vm;
        private final Wire wire;
        private final Wire downlink;
        private final EbpfPacketGate gate;
        private boolean reading = true;

        KernelBench(Attachment attachment) {
            Ip.bridge("sw");
            Ip.cable("cable", "sw", "net");
            host = new TestHost("a", "sw");
            vm = host.vm(received);
            wire = new Wire("net");
            downlink = new Wire("asw");
            gate =
                    EbpfPacketGate.open(
                            host.gate(attachment).following(ProcessHandle.current().pid()));
        }

        @Override
        public PacketGate gate() {
            return gate;
        }

        @Override
        public void arrive(Frame frame) {
            long held = gate.counters().held();
            int before = received.size();
            wire.send(frame);
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (gate.counters().held() == held
                    && received.size() == before
                    && (reading || !vm.hasMore())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("The frame did not arrive: " + gate.counters());
                }
                LockSupport.parkNanos(10_000);
            }
        }

        @Override
        public void comeLate(Frame frame) {
            downlink.send(frame);
        }

        @Override
        public void emit(Frame frame) {
            vm.send(frame);
        }

        @Override
        public void vmReads(boolean on) {
            reading = on;
            vm.reads(on);
        }

        @Override
        public void dropGroup(boolean on) {
            gate.dropGroup(on);
        }

        @Override
        public void announceElsewhere() {
            wire.announce(MAC);
        }

        @Override
        public List<Long> received() {
            return List.copyOf(received);
        }

        @Override
        public List<Long> sent() {
            return wire.numbers();
        }

        @Override
        public boolean sawAnnouncement() {
            return wire.announced(MAC);
        }

        @Override
        public void close() {
            gate.close();
            vm.close();
            wire.close();
            downlink.close();
            host.close();
        }
    }
}
