package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class InterfaceCountersTest {
    @Test
    void theLoopbackIsRead() {
        InterfaceCounters before = InterfaceCounters.read("lo");
        InterfaceCounters since = InterfaceCounters.read("lo").minus(before);
        assertThat(since.rxBytes()).isNotNegative();
        assertThat(before.minus(before)).isEqualTo(new InterfaceCounters(0, 0, 0, 0));
    }

    @Test
    void aMissingInterfaceIsNamed() {
        assertThatThrownBy(() -> InterfaceCounters.read("nosuch0"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Cannot read the counters of interface nosuch0");
    }
}
