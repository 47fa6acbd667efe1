package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Instructions as RFC 9669 encodes them, written by hand. */
class EbpfTest {
    @Test
    void instructionsAreEncoded() {
        assertThat(new Ebpf().set(0, -1).exit().assemble().getLong(0))
                .isEqualTo(0xffffffff000000b7L);
        assertThat(new Ebpf().move(6, 1).assemble().getLong(0)).isEqualTo(0x16bfL);
        assertThat(new Ebpf().loadInt(0, 6, 8).assemble().getLong(0)).isEqualTo(0x86061L);
        assertThat(new Ebpf().compareExchange(7, 0, 2).assemble().getLong(0))
                .isEqualTo(0xf1_0000_27dbL);
    }

    @Test
    void aLongTakesTwoInstructions() {
        var program = new Ebpf().setLong(2, 0x0123_4567_89ab_cdefL).assemble();
        assertThat(program.getLong(0)).isEqualTo(0x89abcdef_0000_0218L);
        assertThat(program.getLong(8)).isEqualTo(0x01234567_0000_0000L);
    }

    @Test
    void jumpsCountFromTheNextInstruction() {
        var program = new Ebpf().jump("end").exit().exit().label("end").exit().assemble();
        assertThat(program.getLong(0)).isEqualTo(0x20005L);
    }

    @Test
    void aJumpToNowhereIsRefused() {
        assertThatThrownBy(() -> new Ebpf().jump("nowhere").assemble())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("No label nowhere");
    }
}
