package dev.drover.lab.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final Duration NONE = Duration.ZERO;

    private final Tally tally = new Tally();

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            tally.send(i);
        }
    }

    private void answer(int... sequences) {
        for (int sequence : sequences) {
            tally.answer(sequence, 0, 10);
        }
    }

    @Test
    void allAnsweredIsNothingLost() throws InterruptedException {
        tally.begin("w", 0);
        send(3);
        answer(0, 1, 2);
        var figures = tally.end("w", NONE);
        assertThat(figures)
                .isEqualTo(
                        new PacketFigures(
                                3,
                                3,
                                0,
                                0,
                                0,
                                Duration.ofNanos(10),
                                Duration.ofNanos(2),
                                Duration.ofNanos(10)));
    }

    @Test
    void whatStaysUnansweredIsLost() throws InterruptedException {
        tally.begin("w", 0);
        send(4);
        answer(0, 1, 3);
        assertThat(tally.end("w", NONE).lost()).isEqualTo(1);
    }

    @Test
    void aSecondAnswerIsADuplicateAndNoSecondAnswered() throws InterruptedException {
        tally.begin("w", 0);
        send(2);
        answer(0, 0, 1, 0);
        var figures = tally.end("w", NONE);
        assertThat(figures.duplicated()).isEqualTo(2);
        assertThat(figures.answered()).isEqualTo(2);
        assertThat(figures.reordered()).isZero();
    }

    @Test
    void anOvertakenAnswerIsReordered() throws InterruptedException {
        tally.begin("w", 0);
        send(4);
        answer(0, 2, 1, 3);
        var figures = tally.end("w", NONE);
        assertThat(figures.reordered()).isEqualTo(1);
        assertThat(figures.lost()).isZero();
    }

    @Test
    void aDuplicateOfAnEarlierWindowIsSeenInThisOne() throws InterruptedException {
        send(5);
        answer(0, 1, 2, 3, 4);
        tally.begin("w", 0);
        send(1);
        answer(2, 5);
        var figures = tally.end("w", NONE);
        assertThat(figures.sent()).isEqualTo(1);
        assertThat(figures.duplicated()).isEqualTo(1);
        assertThat(figures.lost()).isZero();
    }

    @Test
    void packetsBeforeAndAfterAWindowAreNotItsOwn() throws InterruptedException {
        send(2);
        tally.begin("outer", 0);
        send(2);
        tally.begin("inner", 0);
        send(2);
        answer(0, 1, 2, 3, 4, 5);
        assertThat(tally.end("inner", NONE).answered()).isEqualTo(2);
        send(1);
        var outer = tally.end("outer", NONE);
        assertThat(outer.sent()).isEqualTo(5);
        assertThat(outer.answered()).isEqualTo(4);
    }

    @Test
    void theLongestSilenceCountsTheEdges() throws InterruptedException {
        tally.begin("w", 1000);
        send(3);
        tally.answer(0, 0, 6000);
        tally.answer(1, 0, 6500);
        tally.answer(2, 6400, 8000);
        var figures = tally.end("w", NONE);
        assertThat(figures.longestSilence()).isEqualTo(Duration.ofNanos(5000));
        assertThat(figures.maxLatency()).isEqualTo(Duration.ofNanos(6500));
    }

    @Test
    void aGuestThatFellSilentForGoodIsSilentUntilTheEnd() throws InterruptedException {
        long begun = System.nanoTime() - Duration.ofSeconds(5).toNanos();
        tally.begin("w", begun);
        send(1);
        assertThat(tally.end("w", NONE).longestSilence()).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void numbersThatWereNeverSentAreIgnored() throws InterruptedException {
        tally.begin("w", 0);
        send(1);
        answer(1, -1, 7, 0);
        var figures = tally.end("w", NONE);
        assertThat(figures.answered()).isEqualTo(1);
        assertThat(figures.duplicated()).isZero();
    }

    @Test
    void endWaitsForAnswersThatAreDue() throws InterruptedException {
        tally.begin("w", 0);
        send(2);
        answer(0);
        Thread late = Thread.ofVirtual().start(() -> tally.answer(1, 0, 10));
        assertThat(tally.end("w", Duration.ofSeconds(10)).lost()).isZero();
        late.join();
    }

    @Test
    void windowsBeginOnceAndEndOnce() throws InterruptedException {
        tally.begin("w", 0);
        assertThatThrownBy(() -> tally.begin("w", 0)).hasMessageContaining("begun already");
        tally.end("w", NONE);
        assertThatThrownBy(() -> tally.end("w", NONE)).hasMessageContaining("No window 'w'");
    }

    @Test
    void theFirstAnswerIsAwaited() throws InterruptedException {
        assertThat(tally.awaitFirst(NONE)).isFalse();
        send(1);
        Thread answering = Thread.ofVirtual().start(() -> answer(0));
        assertThat(tally.awaitFirst(Duration.ofSeconds(10))).isTrue();
        answering.join();
        assertThat(tally.totals()).isEqualTo(new Tally.Totals(1, 1));
    }
}
