package dev.drover.engine;

import static dev.drover.engine.TwoHosts.PLAN;
import static dev.drover.engine.TwoHosts.meanwhile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.State.PauseEnd;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link SourceHost} keeps to. A call that hangs need not heed an interrupt. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class SourceHostContract {
    private static final long WON = PLAN.aborted().epoch();

    /** The source among them is under test. */
    protected abstract TwoHosts hosts();

    private SourceHost source() {
        return hosts().source();
    }

    @Test
    void theGuestRunsUntilTheHandOverAndNotAfterTheVote() {
        hosts().prepare();
        assertThat(hosts().runsOnSource()).isTrue();
        var pause = meanwhile(() -> source().handOver(PLAN));
        hosts().target().vote(PLAN);
        assertThat(pause.join()).isEqualTo(new PauseEnd.Voted());
        assertThat(hosts().runsOnSource()).isFalse();
    }

    @Test
    void whoHasVotedSaysSoAgain() {
        hosts().prepareAndVote();
        assertThat(source().handOver(PLAN)).isEqualTo(new PauseEnd.Voted());
        assertThat(hosts().runsOnSource()).isFalse();
    }

    @Test
    void aRollBackEndsAPauseThatWaits() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        hosts().lastRoundWaits(asked, answer);
        hosts().prepare();
        var pause = meanwhile(this::handOverInVain);
        asked.await();
        var rollBack = meanwhile(() -> source().rollBack(PLAN, WON));
        try {
            assertThat(pause.join()).as("it gave up, or was ended").isTrue();
        } finally {
            answer.countDown();
        }
        rollBack.join();
        assertThat(hosts().runsOnSource()).isTrue();
    }

    private boolean handOverInVain() {
        try {
            return source().handOver(PLAN) instanceof PauseEnd.GaveUp;
        } catch (HostFailure _) {
            return true;
        }
    }

    @Test
    void aRollBackThatWonTheRecordUndoesAVote() {
        hosts().prepareAndVote();
        source().rollBack(PLAN, WON);
        assertThat(hosts().runsOnSource()).isTrue();
    }

    @Test
    void aRollBackAtAnEpochThatIsNotAboveDoesNothing() {
        hosts().prepareAndVote();
        assertThat(source().rollBack(PLAN, PLAN.epoch())).isEqualTo(SourceFigures.NONE);
        assertThat(hosts().runsOnSource()).isFalse();
        source().rollBack(PLAN, WON);
        assertThat(source().rollBack(PLAN, WON)).as("repeated").isEqualTo(SourceFigures.NONE);
        assertThat(source().rollBack(PLAN, PLAN.epoch())).isEqualTo(SourceFigures.NONE);
        assertThat(hosts().runsOnSource()).isTrue();
    }

    @Test
    void aMoveThatNeverBeganHereIsRolledBackToo() {
        source().rollBack(PLAN, WON);
        assertThat(hosts().runsOnSource()).isTrue();
    }

    @Test
    void whatIsLateAfterARollBackIsRefused() {
        hosts().prepare();
        source().rollBack(PLAN, WON);
        refused(() -> source().transfer(PLAN));
        refused(() -> source().sendMemory(PLAN));
        refused(() -> source().handOver(PLAN));
        assertThat(hosts().runsOnSource()).isTrue();
    }

    @Test
    void whatIsReleasedIsGoneAndAReleaseMayBeRepeated() throws Exception {
        hosts().prepareAndVote();
        source().release(PLAN);
        source().release(PLAN);
        assertThat(hosts().sourceHasVm()).isFalse();
    }

    @Test
    void whatIsLateAfterAReleaseIsRefused() throws Exception {
        hosts().prepareAndVote();
        source().release(PLAN);
        refused(() -> source().transfer(PLAN));
        refused(() -> source().handOver(PLAN));
        refused(() -> source().rollBack(PLAN, WON));
        assertThat(hosts().sourceHasVm()).isFalse();
    }

    @Test
    void aReleaseAfterARollBackLeavesTheVm() {
        hosts().prepare();
        source().rollBack(PLAN, WON);
        source().release(PLAN);
        assertThat(hosts().runsOnSource()).isTrue();
    }

    @Test
    void figuresAreToldAtAnyTime() {
        assertThat(source().figures(PLAN)).as("before").isNotNull();
        hosts().prepareAndVote();
        assertThat(source().figures(PLAN).stopMicros()).isPositive();
        source().release(PLAN);
        assertThat(source().figures(PLAN)).as("afterwards").isNotNull();
    }

    private static void refused(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(HostFailure.class);
    }
}
