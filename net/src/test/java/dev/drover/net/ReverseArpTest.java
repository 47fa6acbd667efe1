package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ReverseArpTest {
    @Test
    void theRequestIsOneOfQemus() {
        byte[] frame = new byte[ReverseArp.BYTES];
        ReverseArp.request("52:54:00:D0:0E:01").get(frame);
        assertThat(HexFormat.of().formatHex(frame))
                .isEqualTo(
                        "ffffffffffff525400d00e01"
                                + "80350001080006040003"
                                + "525400d00e0100000000525400d00e01"
                                + "00".repeat(22));
        assertThat(ReverseArp.sender(java.nio.ByteBuffer.wrap(frame)))
                .isEqualTo("52:54:00:d0:0e:01");
    }

    @Test
    void whatIsNoAddressIsRefused() {
        assertThatThrownBy(() -> ReverseArp.request("52:54:00:d0:0e"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("52:54:00:d0:0e is not");
        assertThatThrownBy(() -> ReverseArp.normalize("host"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
