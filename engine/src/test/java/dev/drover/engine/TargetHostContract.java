package dev.drover.engine;

import static dev.drover.engine.TwoHosts.PLAN;
import static dev.drover.engine.TwoHosts.meanwhile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link TargetHost} keeps to. A call that hangs need not heed an interrupt. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TargetHostContract {
    /** The target among them is under test. */
    protected abstract TwoHosts hosts();

    private TargetHost target() {
        return hosts().target();
    }

    @Test
    void theGuestDoesNotRunBeforeItIsResumed() throws Exception {
        hosts().prepareAndVote();
        assertThat(hosts().targetHasVm()).isTrue();
        assertThat(hosts().runsOnTarget()).isFalse();
        target().resume(PLAN);
        assertThat(hosts().runsOnTarget()).isTrue();
    }

    @Test
    void whatComesAfterTheVoteMayBeRepeated() {
        hosts().prepareAndVote();
        target().vote(PLAN);
        target().resume(PLAN);
        target().resume(PLAN);
        target().deliver(PLAN);
        target().deliver(PLAN);
        assertThat(target().digest(PLAN)).isEqualTo(target().digest(PLAN));
        target().settle(PLAN);
        target().settle(PLAN);
        assertThat(hosts().runsOnTarget()).isTrue();
    }

    @Test
    void aVoteWaitsForTheContent() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        hosts().lastRoundWaits(asked, answer);
        hosts().prepare();
        var vote = meanwhile(this::vote);
        var pause = meanwhile(() -> hosts().source().handOver(PLAN));
        asked.await();
        assertThat(vote).isNotDone();
        answer.countDown();
        pause.join();
        vote.join();
    }

    @Test
    void nothingIsDoneForAGuestThatWasNotVotedFor() {
        target().instantiate(PLAN);
        refused(() -> target().resume(PLAN));
        refused(() -> target().deliver(PLAN));
        refused(() -> target().settle(PLAN));
        assertThat(hosts().runsOnTarget()).isFalse();
    }

    @Test
    void aGuestThatDiedUnresumedNeverRanAndNeverWill() throws Exception {
        hosts().prepareAndVote();
        hosts().targetGuestDies();
        neverRan();
        neverRan();
        refused(() -> target().deliver(PLAN));
        refused(() -> target().settle(PLAN));
        assertThat(hosts().runsOnTarget()).isFalse();
        target().discard(PLAN);
        neverRan();
        assertThat(hosts().targetHasVm()).isFalse();
    }

    private void neverRan() {
        assertThatThrownBy(() -> target().resume(PLAN)).isInstanceOf(GuestNeverRan.class);
    }

    @Test
    void whatIsDiscardedIsGoneAndADiscardMayBeRepeated() throws Exception {
        hosts().prepareAndVote();
        target().discard(PLAN);
        target().discard(PLAN);
        assertThat(hosts().targetHasVm()).isFalse();
    }

    @Test
    void aDiscardEndsAVoteThatWaits() throws Exception {
        hosts().prepare();
        var vote = meanwhile(this::vote);
        target().discard(PLAN);
        assertThatThrownBy(vote::join).hasCauseInstanceOf(HostFailure.class);
        assertThat(hosts().targetHasVm()).isFalse();
    }

    @Test
    void whatWasDiscardedIsNotMadeAgain() throws Exception {
        target().instantiate(PLAN);
        target().discard(PLAN);
        refused(() -> target().instantiate(PLAN));
        assertThat(hosts().targetHasVm()).isFalse();
    }

    @Test
    void aDiscardThatOvertakesTheInstantiateForbidsIt() throws Exception {
        target().discard(PLAN);
        refused(() -> target().instantiate(PLAN));
        assertThat(hosts().targetHasVm()).isFalse();
    }

    @Test
    void aDiscardThatIsLateLeavesTheVm() {
        hosts().prepareAndVote();
        target().resume(PLAN);
        target().settle(PLAN);
        target().discard(PLAN);
        assertThat(hosts().runsOnTarget()).isTrue();
    }

    @Test
    void figuresAreToldAtAnyTime() {
        assertThat(target().figures(PLAN)).as("before").isNotNull();
        hosts().prepareAndVote();
        target().resume(PLAN);
        assertThat(target().figures(PLAN).resumeMicros()).isPositive();
        target().settle(PLAN);
        assertThat(target().figures(PLAN)).as("afterwards").isNotNull();
    }

    private boolean vote() {
        target().vote(PLAN);
        return true;
    }

    private static void refused(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(HostFailure.class);
    }
}
