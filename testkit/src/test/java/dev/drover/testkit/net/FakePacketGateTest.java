package dev.drover.testkit.net;

import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import java.util.List;
import java.util.OptionalLong;

/** The gate in memory keeps the contract of the real one. */
class FakePacketGateTest extends PacketGateContract {
    @Override
    protected GateBench bench() {
        return new FakeBench(new FakePacketGate());
    }

    private record FakeBench(FakePacketGate fake) implements GateBench {
        @Override
        public PacketGate gate() {
            return fake;
        }

        @Override
        public void arrive(Frame frame) {
            fake.arrive(frame);
        }

        @Override
        public void comeLate(Frame frame) {
            fake.arrive(frame);
        }

        @Override
        public void emit(Frame frame) {
            fake.emit(frame);
        }

        @Override
        public void vmReads(boolean on) {
            fake.vmReads(on);
        }

        @Override
        public void dropGroup(boolean on) {
            fake.dropGroup(on);
        }

        @Override
        public void announceElsewhere() {
            fake.hear(MAC);
        }

        @Override
        public List<Long> received() {
            return numbers(fake.received());
        }

        @Override
        public List<Long> sent() {
            return numbers(fake.sent());
        }

        @Override
        public boolean sawAnnouncement() {
            return fake.announced().contains(MAC);
        }

        @Override
        public void close() {
            fake.close();
        }

        private static List<Long> numbers(List<Frame> frames) {
            return frames.stream()
                    .map(NumberedFrame::number)
                    .filter(OptionalLong::isPresent)
                    .map(OptionalLong::getAsLong)
                    .toList();
        }
    }
}
