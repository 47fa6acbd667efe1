package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RunHistoryTest {
    private final List<String> surprises = new ArrayList<>();
    private final RunHistory history = new RunHistory(surprises::add);

    private void event(String name, long seconds, String data) {
        history.on(
                QmpEvent.of(
                        new JsonMapper()
                                .readTree(
                                        "{\"event\": \"%s\", \"data\": %s, \"timestamp\": {\"seconds\": %d, \"microseconds\": 5}}"
                                                .formatted(name, data, seconds))));
    }

    @Test
    void aStopThatWasAskedForIsNoSurprise() {
        event("RESUME", 1, "{}");
        history.stopAsked();
        event("STOP", 2, "{}");
        assertThat(surprises).isEmpty();
        assertThat(history.stoppedAt()).hasValue(2_000_005);
        assertThat(history.resumedAt()).hasValue(1_000_005);
    }

    @Test
    void aStopThatNobodyAskedForIsToldWithItsReason() {
        event("RESUME", 1, "{}");
        event("STOP", 2, "{}");
        event("RESUME", 3, "{}");
        event("SHUTDOWN", 4, "{\"guest\": true, \"reason\": \"guest-shutdown\"}");
        event("STOP", 4, "{}");
        assertThat(surprises)
                .containsExactly(
                        "QEMU stopped the guest unasked", "The guest shut down (guest-shutdown)");
    }

    @Test
    void aGuestThatIsAboutToRunMayHaveRun() {
        assertThat(history.everRan()).isFalse();
        history.resumeAsked();
        assertThat(history.everRan()).isTrue();
    }

    @Test
    void qemuResumingByItselfCountsAsRunning() {
        event("RESUME", 1, "{}");
        assertThat(history.everRan()).isTrue();
    }
}
