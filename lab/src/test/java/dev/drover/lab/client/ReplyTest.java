package dev.drover.lab.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.lab.LabException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplyTest {
    @Test
    void whatIsWrittenIsRead() {
        assertThat(Reply.parse(Reply.ok(Map.of("lost", -1L))).number("lost")).isEqualTo(-1);
        assertThat(Reply.parse("ok").values()).isEmpty();
    }

    @Test
    void anErrorBecomesAnException() {
        assertThatThrownBy(() -> Reply.parse(Reply.error("No such\nload")))
                .isInstanceOf(LabException.class)
                .hasMessage("No such load");
    }

    @Test
    void nonsenseAndMissingValuesAreRefused() {
        assertThatThrownBy(() -> Reply.parse("okay")).isInstanceOf(LabException.class);
        assertThatThrownBy(() -> Reply.parse("ok a=1").number("b")).hasMessageContaining("b");
    }
}
