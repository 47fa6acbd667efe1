package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.HostAddress;
import dev.drover.api.HostFacts;
import dev.drover.api.MoveOrder;
import dev.drover.api.Rest;
import dev.drover.engine.HostFailure;
import dev.drover.engine.TargetFigures;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.MovePlan;
import dev.drover.testkit.guest.FakeGuest;
import dev.drover.testkit.guest.FakeHypervisor;
import dev.drover.testkit.net.FakePacketGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One host's sides of a move when guests end, processes die and messages come twice or late. */
class SidesTest {
    private static final VmSpec SPEC = FakeHost.SPEC;
    private static final String MAC = SPEC.nic().mac();
    private static final MovePlan PLAN = new MovePlan("move", "vm", "h1", "h2", 1, true);
    private static final MoveOrder ORDER =
            new MoveOrder(
                    1,
                    PLAN,
                    SPEC,
                    Optional.empty(),
                    new HostAddress("h1", "127.0.0.1", 1),
                    new HostAddress("h2", "127.0.0.1", 2),
                    new HostFacts("0.0.0", "fake", "fake-1.0", 1500),
                    Optional.empty());

    @TempDir Path temp;
    private final FakeHypervisor hypervisor = new FakeHypervisor();
    private FakePacketGate gate;
    private List<String> taps;
    private HostContext host;
    private Sides sides;
    private LocalVm vm;
    private FakeGuest guest;

    @BeforeEach
    void aHostWithARunningVm() throws IOException {
        FakeHost fake = new FakeHost(temp, hypervisor);
        gate = fake.gate();
        taps = fake.taps();
        host = fake.context();
        sides = new Sides(host);
        vm =
                new LocalVm(
                        new Standing.Running(SPEC, PLAN.epoch(), Optional.empty()),
                        host.allocations().of(SPEC));
        guest = hypervisor.boot(SPEC, vm.allocation());
        vm.guest(guest);
        sides.add(vm);
    }

    @Test
    void aGuestThatDoesNotRunIsNotMoved() {
        guest.shutDown();
        FirstSide side = sides.beginSource(ORDER);
        assertThatThrownBy(() -> side.transfer(PLAN))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("wake it, or stop it");
        side.rollBack(PLAN, 2);
        assertThat(vm.state()).isEqualTo(Guest.State.ENDED);
    }

    @Test
    void aResumeThatIsLateLeavesASettledVmAsItIs() {
        Standing.Target resuming =
                new Standing.Target(ORDER, Standing.Stage.RESUMING, TargetFigures.NONE);
        host.persist(vm, resuming);
        TargetSide side = TargetSide.restored(resuming, vm, host);
        side.settle(PLAN);
        Standing settled = vm.standing();
        side.resume(PLAN);
        assertThat(vm.standing()).isInstanceOf(Standing.Running.class).isEqualTo(settled);
        guest.die();
        side.resume(PLAN);
        assertThat(vm.state()).isEqualTo(Guest.State.GONE);
    }

    @Test
    void aVmThatRestsIsNotMovedAsOneThatRunsAndRestsOn() throws IOException {
        host.persist(vm, new Standing.Resting(SPEC, PLAN.epoch(), Rest.STOPPED));
        assertThatThrownBy(() -> sides.beginSource(ORDER))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("cannot move from here now");
        sides.toRollBack(ORDER, 2).orElseThrow().rollBack(PLAN, 2);
        assertThat(vm.standing()).isEqualTo(new Standing.Resting(SPEC, 2, Rest.STOPPED));
        assertThat(host.journal().readAll()).containsExactly(vm.standing());
        assertThat(sides.toRollBack(ORDER, 2)).isEmpty();
    }

    @Test
    void aVmThatRunsIsNotMovedAsOneThatRestsAndRunsOn() {
        MoveOrder resting =
                new MoveOrder(
                        1,
                        PLAN,
                        SPEC,
                        Optional.of(Rest.ASLEEP),
                        ORDER.source(),
                        ORDER.target(),
                        ORDER.sourceFacts(),
                        Optional.empty());
        assertThatThrownBy(() -> sides.beginSource(resting)).isInstanceOf(HostFailure.class);
        sides.toRollBack(resting, 2).orElseThrow().rollBack(PLAN, 2);
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(vm.standing()).isInstanceOf(Standing.Running.class);
    }

    @Test
    void theSecondHostOfAVmThatRestsKeepsItByTheCommittedEpoch() throws IOException {
        VmSpec other =
                new VmSpec("other", 1, SPEC.memoryBytes(), SPEC.disk(), SPEC.nic(), SPEC.boot());
        MovePlan plan = new MovePlan("rest", "other", "h2", "h1", 4, true);
        MoveOrder order =
                new MoveOrder(
                        1,
                        plan,
                        other,
                        Optional.of(Rest.ASLEEP),
                        ORDER.target(),
                        ORDER.source(),
                        ORDER.sourceFacts(),
                        Optional.empty());
        SecondSide side = sides.beginTarget(order);
        assertThatThrownBy(() -> side.vote(plan)).hasMessageContaining("not whole");
        LocalVm moved = sides.vm("other").orElseThrow();
        Standing.Target voted =
                new Standing.Target(order, Standing.Stage.VOTED, TargetFigures.NONE);
        host.persist(moved, voted);
        Sides restarted = new Sides(host);
        restarted.restore(voted, moved);
        restarted.target(order).vote(plan);
        restarted.target(order).resume(plan);
        restarted.target(order).deliver(plan);
        restarted.target(order).settle(plan);
        assertThat(moved.standing()).isEqualTo(new Standing.Resting(other, 5, Rest.ASLEEP));
        assertThat(host.journal().readAll()).contains(moved.standing());
    }

    @Test
    void theFirstHostOfAVmThatRestsKeepsItWhenItsAgentDiedInTheMove() throws IOException {
        MoveOrder order =
                new MoveOrder(
                        1,
                        PLAN,
                        SPEC,
                        Optional.of(Rest.STOPPED),
                        ORDER.source(),
                        ORDER.target(),
                        ORDER.sourceFacts(),
                        Optional.empty());
        guest.kill();
        Standing.Source moving = new Standing.Source(order, Optional.empty());
        host.persist(vm, moving);
        Sides restarted = new Sides(host);
        restarted.restore(moving, vm);
        restarted.toRollBack(order, 2).orElseThrow().rollBack(PLAN, 2);
        assertThat(vm.standing()).isEqualTo(new Standing.Resting(SPEC, 2, Rest.STOPPED));
        assertThat(vm.state()).isEqualTo(Guest.State.GONE);
    }

    @Test
    void aGuestThatShutsItselfDownInAMoveIsLeftSo() {
        FirstSide side = sides.beginSource(ORDER);
        side.transfer(PLAN);
        guest.shutDown();
        side.rollBack(PLAN, 2);
        assertThat(vm.state()).isEqualTo(Guest.State.ENDED);
        assertThat(vm.standing()).isEqualTo(new Standing.Running(SPEC, 2, Optional.of(PLAN.id())));
    }

    @Test
    void aRollBackMayBeRepeated() {
        SourceSide side = (SourceSide) sides.beginSource(ORDER);
        side.transfer(PLAN);
        guest.stop();
        side.rollBack(PLAN, 2);
        side.rollBack(PLAN, 2);
        assertThatThrownBy(() -> side.stop(PLAN)).as("late").isInstanceOf(HostFailure.class);
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(sides.toRollBack(ORDER, 2)).as("there is nothing left to do").isEmpty();
    }

    @Test
    void aGuestWhoseProcessDiedIsBootedAnewWithItsTap() {
        FirstSide side = sides.beginSource(ORDER);
        side.transfer(PLAN);
        guest.die();
        side.rollBack(PLAN, 2);
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(taps).containsExactly(vm.allocation().tap());
    }

    @Test
    void aTargetWhoseGuestDiesAtTheVeryEndBootsItAnew() throws IOException {
        TargetSide side = targetThatMayHaveResumed();
        guest.die();
        side.settle(PLAN);
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(side.figures(PLAN).coldBoot()).isTrue();
        assertThat(vm.standing()).isEqualTo(new Standing.Running(SPEC, 2, Optional.of(PLAN.id())));
    }

    @Test
    void aTargetWhoseAgentDiedAroundContAnnouncesTheVm() throws IOException {
        guest.stop();
        TargetSide side = targetThatMayHaveResumed();
        side.resume(PLAN);
        side.deliver(PLAN);
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(gate.announced()).containsOnly(MAC);
    }

    @Test
    void aGuestThatShutItselfDownOnTheTargetIsNotResumedAgain() throws IOException {
        TargetSide side = targetThatMayHaveResumed();
        guest.shutDown();
        side.resume(PLAN);
        assertThat(vm.state()).isEqualTo(Guest.State.ENDED);
    }

    @Test
    void aLateRollBackOfAnEarlierMoveDoesNotTouchALaterOne() {
        sides.beginSource(ORDER).transfer(PLAN);
        MoveOrder earlier =
                new MoveOrder(
                        1,
                        new MovePlan("earlier", "vm", "h1", "h2", 0, true),
                        SPEC,
                        Optional.empty(),
                        ORDER.source(),
                        ORDER.target(),
                        ORDER.sourceFacts(),
                        Optional.empty());
        assertThat(sides.toRollBack(earlier, 1)).isEmpty();
    }

    @Test
    void aVmThatCouldNotBeMadeGivesItsFilesBackAlsoAfterACrash() throws IOException {
        Path images = Files.createDirectories(temp.resolve("images"));
        VmSpec other = new VmSpec("other", 1, 64 << 20, SPEC.disk(), SPEC.nic(), SPEC.boot());
        Path taken = host.allocations().of(other).volume(VmSpec.Format.RAW);
        Files.createDirectories(taken.getParent());
        Files.writeString(taken, "the user's data");
        host.journal().persist(new Standing.Making(other, 1, Optional.of(images)));
        new LocalVms(host, sides).takeUp();
        assertThat(images.resolve(taken.getFileName())).hasContent("the user's data");
        assertThat(taken.getParent()).doesNotExist();
        assertThat(host.journal().readAll()).isEmpty();
    }

    @Test
    void whatComesAfterTheEndOfAMoveDoesNotBeginItAgain() {
        sides.forget(vm);
        sides.end(ORDER);
        assertThatThrownBy(() -> sides.beginTarget(ORDER))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("over");
    }

    private TargetSide targetThatMayHaveResumed() {
        Standing.Target standing =
                new Standing.Target(ORDER, Standing.Stage.RESUMING, TargetFigures.NONE);
        vm.stand(standing);
        return TargetSide.restored(standing, vm, host);
    }
}
