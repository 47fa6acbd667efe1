package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.ports.Frame;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CaptureQueueTest {
    private static final Frame FRAME = new Frame(12, new byte[100]);

    @Test
    void roomIsCountedInBytes() {
        CaptureQueue queue = new CaptureQueue(2 * (100 + 64));
        assertThat(queue.offer(FRAME)).isTrue();
        assertThat(queue.offer(FRAME)).isTrue();
        assertThat(queue.offer(FRAME)).isFalse();
        assertThat(queue.poll()).contains(FRAME);
        assertThat(queue.offer(FRAME)).isTrue();
        assertThat(queue.close()).isEqualTo(2);
    }

    @Test
    void nobodyWaitsAtAClosedQueue() {
        CaptureQueue queue = new CaptureQueue(1);
        var waiting = CompletableFuture.supplyAsync(() -> queue.poll(Duration.ofSeconds(30)));
        int _ = queue.close();
        assertThat(waiting.join()).isEmpty();
        assertThat(queue.poll(Duration.ofSeconds(30))).isEmpty();
    }

    @Test
    void itWaitsNoLongerThanAsked() {
        assertThat(new CaptureQueue(1).poll(Duration.ofMillis(1))).isEmpty();
    }
}
