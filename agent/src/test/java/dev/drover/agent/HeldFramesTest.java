package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.engine.HostFailure;
import dev.drover.ports.Frame;
import dev.drover.testkit.net.FakePacketGate;
import dev.drover.testkit.net.NumberedFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Held packets on their way from the first host to the second, and back. */
@Timeout(60)
class HeldFramesTest {
    private static final String VM = "52:54:00:00:00:01";
    private static final String CLIENT = "52:54:00:00:00:02";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final FakePacketGate source = new FakePacketGate();
    private final FakePacketGate target = new FakePacketGate();
    private final CountDownLatch hungUp = new CountDownLatch(1);

    @Test
    void allArriveInOrderAndAreAcknowledgedAtTheEnd() throws Exception {
        PipedOutputStream frames = new PipedOutputStream();
        PipedOutputStream acks = new PipedOutputStream();
        PipedInputStream framesIn = new PipedInputStream(frames, 1 << 16);
        PipedInputStream acksIn = new PipedInputStream(acks, 1 << 16);
        target.hold(LONG);
        FrameReceiver receiver = new FrameReceiver(target);
        Thread.ofVirtual().start(() -> receiver.receive(framesIn, acks));
        source.hold(LONG);
        FrameSender sender = new FrameSender(source, frames, acksIn, hungUp::countDown);
        arrive(source, 1, 70);
        until(() -> sender.sent() == 70);
        arrive(target, 71, 80);
        receiver.begin();
        sender.announced();
        assertThat(receiver.awaitDelivered(LONG)).isTrue();
        until(() -> sender.unacknowledged() == 0);
        assertThat(numbers(target)).isEqualTo(LongStream.rangeClosed(1, 80).boxed().toList());
        assertThat(receiver.delivered()).isEqualTo(70);
        sender.stop();
        receiver.close();
        assertThat(hungUp.getCount()).as("the way was not cut").isEqualTo(1);
    }

    /** As on a host that stands still for a while. */
    @Test
    void aGuestThatTakesNothingForTwoSecondsLosesNothing() throws Exception {
        FakePacketGate slow = new FakePacketGate(System::nanoTime, 1);
        slow.vmReads(false);
        slow.hold(LONG);
        FrameReceiver receiver = new FrameReceiver(slow);
        PipedOutputStream frames = new PipedOutputStream();
        PipedOutputStream acks = new PipedOutputStream();
        PipedInputStream framesIn = new PipedInputStream(frames, 1 << 16);
        PipedInputStream acksIn = new PipedInputStream(acks, 1 << 16);
        Thread.ofVirtual().start(() -> receiver.receive(framesIn, acks));
        source.hold(LONG);
        FrameSender sender = new FrameSender(source, frames, acksIn, hungUp::countDown);
        arrive(source, 1, 5);
        until(() -> sender.sent() == 5);
        receiver.begin();
        sender.announced();
        LockSupport.parkNanos(2_000_000_000L);
        slow.vmReads(true);
        assertThat(receiver.awaitDelivered(LONG)).isTrue();
        assertThat(receiver.lost()).isZero();
        assertThat(numbers(slow)).isEqualTo(LongStream.rangeClosed(1, 5).boxed().toList());
        sender.stop();
        receiver.close();
    }

    @Test
    void theEndComesAlsoWhileBroadcastsGoOn() throws Exception {
        source.hold(LONG);
        FrameSender sender =
                new FrameSender(
                        source,
                        OutputStream.nullOutputStream(),
                        new PipedInputStream(new PipedOutputStream()),
                        this::hangUp);
        sender.announced();
        until(() -> {
            source.arrive(NumberedFrame.of(NumberedFrame.BROADCAST, CLIENT, 0));
            LockSupport.parkNanos(1_000_000);
            return sender.hasEnded();
        });
        sender.stop();
    }

    @Test
    void aTargetThatTakesNothingDoesNotKeepTheGuestInTheDark() throws Exception {
        source.hold(LONG);
        FrameSender sender =
                new FrameSender(source, new Stuck(), InputStream.nullInputStream(), this::hangUp);
        arrive(source, 1, 5);
        until(() -> sender.unacknowledged() > 0);
        arrive(source, 6, 9);
        assertThat(sender.giveBack()).isZero();
        source.open(LONG);
        assertThat(numbers(source)).isEqualTo(LongStream.rangeClosed(1, 9).boxed().toList());
    }

    @Test
    void aBrokenWayIsNoticedAndWhatItHoldsIsCounted() throws Exception {
        source.hold(LONG);
        PipedOutputStream acks = new PipedOutputStream();
        FrameSender sender =
                new FrameSender(
                        source,
                        OutputStream.nullOutputStream(),
                        new PipedInputStream(acks),
                        this::hangUp);
        sender.check();
        arrive(source, 1, 3);
        until(() -> sender.unacknowledged() == 3);
        assertThat(sender.cutOff()).isZero();
        acks.close();
        until(() -> sender.cutOff() == 3);
        assertThatThrownBy(sender::check).isInstanceOf(HostFailure.class);
        sender.stop();
    }

    /** A connection whose other end is gone without a word. */
    private final class Stuck extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            try {
                hungUp.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            throw new IOException("Hung up");
        }
    }

    private void hangUp() {
        hungUp.countDown();
    }

    private static void arrive(FakePacketGate gate, int from, int to) {
        LongStream.rangeClosed(from, to)
                .forEach(number -> gate.arrive(NumberedFrame.of(VM, CLIENT, number)));
    }

    private static List<Long> numbers(FakePacketGate gate) {
        return gate.received().stream().map(HeldFramesTest::number).toList();
    }

    private static long number(Frame frame) {
        return NumberedFrame.number(frame).orElseThrow();
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
