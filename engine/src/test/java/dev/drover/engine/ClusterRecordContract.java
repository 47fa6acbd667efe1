package dev.drover.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.engine.ClusterRecord.CasOutcome;
import dev.drover.engine.ClusterRecord.CasOutcome.Lost;
import dev.drover.engine.ClusterRecord.CasOutcome.Unknown;
import dev.drover.engine.ClusterRecord.CasOutcome.Won;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ClusterRecord} keeps to. */
@Timeout(60)
public abstract class ClusterRecordContract {
    protected static final MovePlan PLAN = new MovePlan("m1", "vm", "h1", "h2", 5, true);

    private static final State COMMITTED = new State.Resuming(PLAN);
    private static final State ABORTED =
            new State.RollingBack(PLAN, PLAN.aborted().epoch(), "A test wants it");

    /** The one under test. Its record is that before {@link #PLAN}, its journal the beginning. */
    protected abstract ClusterRecord record();

    /** What somebody else reads. */
    protected abstract Active active();

    /** What another monitor would go on from. */
    protected abstract State journal();

    protected abstract void loseQuorum() throws Exception;

    protected abstract void regainQuorum() throws Exception;

    private CasOutcome commit() {
        return record().compareAndSet("vm", PLAN.before(), PLAN.committed(), COMMITTED);
    }

    private CasOutcome abort() {
        return record().compareAndSet("vm", PLAN.before(), PLAN.aborted(), ABORTED);
    }

    @Test
    void whatWinsChangesTheRecordAndTheJournalTogether() {
        assertThat(commit()).isEqualTo(new Won());
        assertThat(active()).isEqualTo(PLAN.committed());
        assertThat(journal()).isEqualTo(COMMITTED);
    }

    @Test
    void whatLosesChangesNeitherAndIsToldTheRecord() {
        assertThat(abort()).isEqualTo(new Won());
        assertThat(commit()).isEqualTo(new Lost(PLAN.aborted()));
        assertThat(active()).isEqualTo(PLAN.aborted());
        assertThat(journal()).isEqualTo(ABORTED);
    }

    @Test
    void whatWasWonIsLostWhenItIsSentAgainAndTheRecordTellsSo() {
        assertThat(commit()).isEqualTo(new Won());
        assertThat(commit()).isEqualTo(new Lost(PLAN.committed()));
        assertThat(journal()).isEqualTo(COMMITTED);
    }

    @Test
    void ofTwoRivalsOneWins() throws Exception {
        var commit = CompletableFuture.supplyAsync(this::commit);
        var abort = CompletableFuture.supplyAsync(this::abort);
        if (commit.get() instanceof Won) {
            assertThat(abort.get()).isEqualTo(new Lost(PLAN.committed()));
            assertThat(active()).isEqualTo(PLAN.committed());
            assertThat(journal()).isEqualTo(COMMITTED);
        } else {
            assertThat(abort.get()).isEqualTo(new Won());
            assertThat(active()).isEqualTo(PLAN.aborted());
            assertThat(journal()).isEqualTo(ABORTED);
        }
    }

    @Test
    void aRecordIsGivenBackAfterItWasWon() {
        commit();
        State back = new State.RollingBack(PLAN, PLAN.votedBack().epoch(), "It never ran");
        assertThat(record().compareAndSet("vm", PLAN.committed(), PLAN.votedBack(), back))
                .isEqualTo(new Won());
        assertThat(active()).isEqualTo(PLAN.votedBack());
        assertThat(journal()).isEqualTo(back);
    }

    @Test
    void theJournalKeepsWhatWasPersistedLast() {
        record().persist(new State.Snapshotting(PLAN));
        record().persist(new State.Pulling(PLAN));
        assertThat(journal()).isEqualTo(new State.Pulling(PLAN));
        assertThat(active()).isEqualTo(PLAN.before());
    }

    @Test
    void aQuorumIsProven() {
        record().proveQuorum();
        assertThat(active()).isEqualTo(PLAN.before());
    }

    @Test
    void withoutAQuorumAHostFailureSaysSo() throws Exception {
        loseQuorum();
        try {
            assertThatThrownBy(() -> record().proveQuorum())
                    .isInstanceOf(HostFailure.class)
                    .hasMessageContaining("quorum");
        } finally {
            regainQuorum();
        }
    }

    @Test
    void whatIsNotPersistedThrows() throws Exception {
        loseQuorum();
        try {
            assertThatThrownBy(() -> record().persist(new State.Pulling(PLAN)))
                    .isInstanceOf(RuntimeException.class);
        } finally {
            regainQuorum();
        }
    }

    /** An implementation may wait for the quorum before it says that it does not know. */
    @Test
    void anAnswerThatIsLostIsUnknownUntilItIsSentAgain() throws Exception {
        loseQuorum();
        var first = CompletableFuture.supplyAsync(this::commit);
        regainQuorum();
        assertThat(first.get()).isNotInstanceOf(Lost.class);
        CasOutcome again = new Unknown("Not asked yet");
        while (again instanceof Unknown) {
            again = commit();
        }
        assertThat(active()).isEqualTo(PLAN.committed());
        assertThat(journal()).isEqualTo(COMMITTED);
    }
}
