package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Fault;
import dev.drover.lab.Host;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three monitors: one may die at any time, and without a majority nothing is decided. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnsembleMoveIT {
    private MovingVm vm;

    @BeforeAll
    void boot() throws IOException, InterruptedException {
        vm = MovingVm.boot("dens", VmSpec.Format.RAW, 500, 3);
    }

    @AfterAll
    void end() throws IOException {
        vm.close();
    }

    @Test
    void aMoveNeedsNoMoreThanTheLeader() throws InterruptedException {
        MoveIT.assertFlawless(vm.move());
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PRECOPY", "LAST_MEMORY", "COMMIT", "RESUME", "VERIFY"})
    void whenTheLeaderDiesTheMoveIsBroughtToAnEnd(Phase phase) throws InterruptedException {
        MoveReport report = vm.move(new Fault(phase, Fault.Victim.MONITOR));
        boolean moved = report.outcome().equals(MoveReport.MOVED);
        assertThat(report.outcome()).as("%s", report).isIn(MoveReport.MOVED, "rolled-back");
        assertThat(report.active().host()).isEqualTo(moved ? report.target() : report.source());
        assertThat(moved).as("%s", report).isEqualTo(phase.compareTo(Phase.COMMIT) > 0);
        assertThat(report.disk().identical()).as("%s", report).isEqualTo(moved);
        assertThat(report.hasGoodContent()).as("%s", report).isTrue();
        assertThat(report.packets().duplicated()).isZero();
        assertThat(report.packets().reordered()).isZero();
        assertThat(report.packets().lostByHosts()).isZero();
        assertThat(report.phases())
                .as("of the leader before, too")
                .extracting(MoveReport.PhaseMs::name)
                .contains("INSTANTIATE", "SNAPSHOT", "PULL");
    }

    /** One of the two leads the ZooKeeper servers, or the leading monitor's own one does. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whenAnotherMonitorDiesTheMoveComesToAnEnd(int after) throws Exception {
        Active before = vm.active();
        String other = DemoCluster.monitorRole((vm.leader() - 1 + after) % 3 + 1);
        CompletableFuture<MoveReport> move = beginMove();
        vm.awaitAnswers(vm.answered() + 1000, Duration.ofSeconds(20));
        vm.cluster().services().down(vm.cluster().lab().monitor(), other);
        MoveReport report;
        try {
            report = move.get();
        } finally {
            vm.cluster().services().up(vm.cluster().lab().monitor(), other);
        }
        boolean moved = report.outcome().equals(MoveReport.MOVED);
        assertThat(report.outcome()).as("%s", report).isIn(MoveReport.MOVED, "rolled-back");
        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(vm.active())
                .isEqualTo(
                        new Active(moved ? report.target() : report.source(), before.epoch() + 1));
    }

    private CompletableFuture<MoveReport> beginMove() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return vm.move();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void withoutAMajorityNothingMovesAndTheGuestRunsOn() throws Exception {
        Host machine = vm.cluster().lab().monitor();
        Active before = vm.active();
        vm.cluster().services().down(machine, DemoCluster.monitorRole(1));
        vm.cluster().services().down(machine, DemoCluster.monitorRole(2));
        CompletableFuture<MoveReport> move = beginMove();
        try {
            // Longer than a move takes.
            vm.awaitAnswers(vm.answered() + 6000, Duration.ofSeconds(60));
            assertThat(move).as("nobody has decided").isNotDone();
        } finally {
            vm.cluster().services().up(machine, DemoCluster.monitorRole(1));
            vm.cluster().services().up(machine, DemoCluster.monitorRole(2));
        }
        MoveIT.assertFlawless(move.get());
        assertThat(vm.active().epoch()).isEqualTo(before.epoch() + 1);
    }
}
