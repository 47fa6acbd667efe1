package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Fault;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Phase;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real moves of a real guest: what must hold when they succeed, and when they do not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MoveIT {
    private MovingVm vm;

    @BeforeAll
    void boot() throws IOException, InterruptedException {
        vm = MovingVm.boot("dmove", VmSpec.Format.RAW);
    }

    @AfterAll
    void end() throws IOException {
        vm.close();
    }

    static List<Phase> beforeTheCommit() {
        return Arrays.stream(Phase.values()).filter(Phase::beforeCommit).toList();
    }

    @Test
    void twoMovesBackAndForthLoseNothingAndLeaveNothing() throws IOException, InterruptedException {
        for (int i = 0; i < 2; i++) {
            MoveReport report = vm.move();
            assertFlawless(report);
            assertThat(vm.tracesOn(report.source())).isEmpty();
            assertThat(vm.tracesOn(report.target())).isEqualTo(Traces.ALIVE);
        }
    }

    @ParameterizedTest
    @MethodSource("beforeTheCommit")
    void aMoveThatIsCancelledInAnyPhaseLosesNothing(Phase phase)
            throws IOException, InterruptedException {
        MoveReport report = vm.move(new Fault(phase, Fault.Victim.MOVE));
        // Cancelled when the last vote is on its way, it may come too late: then it is a move.
        if (phase == Phase.VOTE && report.outcome().equals(MoveReport.MOVED)) {
            assertFlawless(report);
            return;
        }
        assertRolledBack(report);
        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(vm.tracesOn(report.source())).isEqualTo(Traces.ALIVE);
        assertThat(vm.tracesOn(report.target())).isEmpty();
        if (phase.compareTo(Phase.STOP) > 0) {
            assertThat(report.packets().buffered()).as("held, and given back").isPositive();
            assertThat(report.pauseMs()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("beforeTheCommit")
    void whenTheTargetsAgentDiesTheGuestRunsOnAtTheSource(Phase phase) throws InterruptedException {
        assertNothingLostWhenItIsRolledBack(new Fault(phase, Fault.Victim.TARGET_AGENT));
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            mode = EnumSource.Mode.MATCH_ANY,
            names = {"SNAPSHOT|PULL|PRECOPY|HOLD|DRAIN|STOP|LAST_ROUND|LAST_MEMORY|VOTE"})
    void whenTheTargetsQemuDiesTheGuestRunsOnAtTheSource(Phase phase) throws InterruptedException {
        assertNothingLostWhenItIsRolledBack(new Fault(phase, Fault.Victim.TARGET_QEMU));
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"INSTANTIATE", "PULL", "LAST_MEMORY"})
    void whenTheTargetFailsTheGuestRunsOnAtTheSource(Phase phase) throws InterruptedException {
        assertNothingLostWhenItIsRolledBack(new Fault(phase, Fault.Victim.TARGET_HOST));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.Victim.class,
            names = {"TARGET_QEMU", "TARGET_HOST"})
    void aTargetThatNeverRanTheGuestGivesItBackAfterTheCommit(Fault.Victim victim)
            throws InterruptedException {
        assertNothingLostWhenItIsRolledBack(new Fault(Phase.RESUME, victim));
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PRECOPY", "LAST_ROUND"})
    void whenTheSourcesAgentDiesTheGuestRunsOnThere(Phase phase) throws InterruptedException {
        MoveReport report = vm.move(new Fault(phase, Fault.Victim.SOURCE_AGENT));
        assertRolledBack(report);
        assertThat(report.hasGoodContent()).as("%s", report).isTrue();
        assertThat(report.packets().duplicated()).isZero();
        assertThat(report.packets().reordered()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.Victim.class,
            names = {"SOURCE_AGENT", "SOURCE_HOST"})
    void aSourceThatDiesRightAfterTheCommitCostsNoWrite(Fault.Victim victim)
            throws InterruptedException {
        MoveReport report = vm.move(new Fault(Phase.RESUME, victim));
        assertThat(report.outcome()).isEqualTo(MoveReport.MOVED);
        assertThat(report.active().host()).isEqualTo(report.target());
        assertThat(report.disk().identical()).as("%s", report).isTrue();
        assertThat(report.hasGoodContent()).as("%s", report).isTrue();
        assertThat(report.packets().duplicated()).isZero();
        assertThat(report.packets().reordered()).isZero();
    }

    @Test
    void aMonitorThatDiesAtTheCommitGoesOn() throws InterruptedException {
        MoveReport report = vm.move(new Fault(Phase.COMMIT, Fault.Victim.MONITOR));
        assertThat(report.active().host())
                .isEqualTo(
                        report.outcome().equals(MoveReport.MOVED)
                                ? report.target()
                                : report.source());
        assertThat(report.outcome()).isIn(MoveReport.MOVED, "rolled-back");
        assertThat(report.hasGoodContent()).as("%s", report).isTrue();
        assertThat(report.packets().duplicated()).isZero();
        assertThat(report.packets().reordered()).isZero();
    }

    static void assertFlawless(MoveReport report) {
        assertThat(report.isFlawless()).as("%s", report).isTrue();
        assertThat(report.isProven()).as("%s", report).isTrue();
        assertThat(report.memory().mode()).isEqualTo("precopy");
        assertThat(report.memory().dirtySyncs()).isGreaterThanOrEqualTo(4);
        assertThat(report.pauseMs()).isPositive();
        assertThat(report.wireBytes()).isPositive();
    }

    private void assertNothingLostWhenItIsRolledBack(Fault fault) throws InterruptedException {
        MoveReport report = vm.move(fault);
        assertRolledBack(report);
        assertThat(report.isClean()).as("%s", report).isTrue();
    }

    private static void assertRolledBack(MoveReport report) {
        assertThat(report.outcome()).as("%s", report).isEqualTo("rolled-back");
        assertThat(report.guest().verifiedBlocks()).isPositive();
        assertThat(report.packets().answered()).isPositive();
        assertThat(report.active().host()).isEqualTo(report.source());
    }
}
