package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
    @Test
    void anAgentRunsWhileItHoldsTheLock(@TempDir Path state) throws Exception {
        Path directory = state.resolve("host");
        assertThat(HostAgent.isRunning(directory)).isFalse();
        assertThat(directory).as("asking changes nothing").doesNotExist();
        try (StateLock _ = StateLock.take(directory)) {
            assertThat(HostAgent.isRunning(directory)).isTrue();
        }
        assertThat(HostAgent.isRunning(directory)).isFalse();
    }
}
