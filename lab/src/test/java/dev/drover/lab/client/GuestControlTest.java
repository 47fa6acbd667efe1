package dev.drover.lab.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuestControlTest {
    @Test
    void aGuestThatIsBootingIsWaitedFor() throws Exception {
        InetSocketAddress guest = nobody();
        FutureTask<GuestControl> connected =
                new FutureTask<>(() -> GuestControl.connect(guest, Duration.ofSeconds(30)));
        Thread waiting = new Thread(connected);
        waiting.start();
        while (waiting.getState() != Thread.State.TIMED_WAITING && !connected.isDone()) {
            Thread.onSpinWait();
        }
        try (var booted = new ServerSocket(guest.getPort(), 1, guest.getAddress());
                GuestControl control = connected.get()) {
            assertThat(control).isNotNull();
            booted.accept().close();
        }
    }

    @Test
    void oneThatNeverListensIsGivenUp() throws IOException {
        InetSocketAddress guest = nobody();
        assertThatThrownBy(() -> GuestControl.connect(guest, Duration.ZERO))
                .isInstanceOf(ConnectException.class);
    }

    private static InetSocketAddress nobody() throws IOException {
        try (var gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) gone.getLocalSocketAddress();
        }
    }
}
