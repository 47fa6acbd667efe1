package dev.drover.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InterfaceCountersTest {
    private static final String TABLE =
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
              up0:12345678901      20    1    2    3     4          5         6      700       8    9   10   11    12      13         14
            """;

    @Test
    void takesTheColumnsOfTheInterface() {
        assertThat(InterfaceCounters.parse(TABLE, "up0"))
                .isEqualTo(new InterfaceCounters(12345678901L, 20, 2, 700, 8, 10));
    }

    @Test
    void saysWhichInterfaceIsMissing() {
        assertThatThrownBy(() -> InterfaceCounters.parse(TABLE, "up"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("'up'");
    }

    @Test
    void readsThisProcess() {
        assertThat(InterfaceCounters.read("lo").receivedBytes()).isNotNegative();
    }
}
