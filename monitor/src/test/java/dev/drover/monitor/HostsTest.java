package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.link.Json;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.Changes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostsTest {
    private static final Map<String, String> H1 =
            Map.of(
                    "h1",
                    Json.text(
                            new StoredHost(
                                    TestHost.address("h1"),
                                    TestHost.FACTS,
                                    Optional.of(TestHost.CAPACITY),
                                    Map.of())));

    @Test
    void aHostOfTheClusterIsWaitedForAndAnUnknownOneIsNot() {
        Hosts hosts = new Hosts(Duration.ofMillis(1), new Changes());
        hosts.remember(H1);
        assertThatThrownBy(() -> hosts.awaitConnected("h1"))
                .isInstanceOf(HostFailure.class)
                .hasMessage("Host h1 does not answer; see whether its agent runs");
        Hosts patient = new Hosts(Duration.ofDays(1), new Changes());
        patient.remember(H1);
        assertThatThrownBy(() -> patient.awaitConnected("h2"))
                .isInstanceOf(HostFailure.class)
                .hasMessage("There is no host 'h2'; there are [h1]");
    }
}
