package dev.drover.lab.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rates that README states; {@code GuestIT} measures them. */
class LoadTest {
    @ParameterizedTest
    @CsvSource({"IDLE, 0, 0", "LIGHT, 5000000, 20000000", "HEAVY, 15000000, 60000000"})
    void aLoadHasTheRatesOfTheReadme(Load load, int disk, int memory) {
        assertThat(load.diskBytesPerSecond()).isEqualTo(disk);
        assertThat(load.memoryBytesPerSecond()).isEqualTo(memory);
    }
}
