package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GateWordTest {
    private static final long ONE_IN = 1L << GateWord.IN_SHIFT;

    @Test
    void theFieldsDoNotTouchEachOther() {
        long word = GateWord.withState(GateWord.withOut(5 * ONE_IN, 3), GateWord.OPENING);
        assertThat(GateWord.in(word)).isEqualTo(5);
        assertThat(GateWord.out(word)).isEqualTo(3);
        assertThat(GateWord.state(word)).isEqualTo(GateWord.OPENING);
        assertThat(GateWord.settled(word)).isFalse();
        assertThat(GateWord.settled(GateWord.withOut(word, 5))).isTrue();
    }

    @Test
    void bothCountsGoRoundWithoutACarry() {
        long word = (long) GateWord.COUNT_MASK << GateWord.IN_SHIFT;
        word = GateWord.withOut(word, GateWord.COUNT_MASK);
        assertThat(GateWord.settled(word)).isTrue();
        word = GateWord.withOut(word + ONE_IN, GateWord.out(word) + 1);
        assertThat(word).isZero();
    }

    @Test
    void aNewHoldBeginsWithNothingInTheCapture() {
        long word = GateWord.heldAnew(GateWord.withOut(9 * ONE_IN, 2));
        assertThat(GateWord.settled(word)).isTrue();
        assertThat(GateWord.state(word)).isEqualTo(GateWord.LEASED);
    }

    @Test
    void anOpenGateIsNotOpening() {
        assertThat(GateWord.opening(0)).isZero();
        assertThat(GateWord.state(GateWord.opening(GateWord.KEPT))).isEqualTo(GateWord.OPENING);
    }

    @Test
    void segmentsNeverWeighAsMuchAsTheirFrame() {
        assertThat(GateWord.GSO_WEIGHT).isGreaterThan(65_535);
    }
}
