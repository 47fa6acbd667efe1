package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.MonitorMessage.Condition;
import dev.drover.api.Rest;
import dev.drover.api.VmMessage.Woken;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.FakeGuest;
import dev.drover.testkit.guest.FakeHypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wake, sleep and stop: what they do, twice, late, and when the agent or the guest dies. */
class PowerTest {
    private static final Duration SHORT = Duration.ofMillis(10);
    private static final long MEMORY = 0x5EED;
    private static final VmSpec SPEC = FakeHost.SPEC;

    @TempDir Path temp;
    private final FakeHypervisor hypervisor = new FakeHypervisor();
    private FakeHost fake;
    private HostContext host;
    private Power power;
    private LocalVm vm;
    private FakeGuest guest;

    @BeforeEach
    void aHostWithARunningVm() throws IOException {
        fake = new FakeHost(temp, hypervisor);
        host = fake.context();
        power = new Power(host);
        Standing running = new Standing.Running(SPEC, 1, Optional.of("move"));
        host.journal().persist(running);
        vm = new LocalVm(running, host.allocations().of(SPEC));
        host.allocations().make(SPEC);
        Files.createFile(vm.allocation().volume(VmSpec.Format.RAW));
        guest = hypervisor.boot(SPEC, vm.allocation());
        guest.memory(MEMORY);
        vm.guest(guest);
    }

    /** Another agent, after this one was killed. */
    private void restartAgent() throws IOException {
        Sides sides = new Sides(host);
        LocalVms vms = new LocalVms(host, sides);
        vms.takeUp();
        vm = vms.named("vm");
    }

    private Condition condition() throws IOException {
        Sides sides = new Sides(host);
        sides.add(vm);
        return new LocalVms(host, sides).holdings().getFirst().condition();
    }

    private void assertAsleep(long epoch) throws IOException {
        assertThat(vm.standing()).isEqualTo(new Standing.Resting(SPEC, epoch, Rest.ASLEEP));
        assertThat(vm.state()).isEqualTo(Guest.State.GONE);
        assertThat(guest.state()).isEqualTo(Guest.State.GONE);
        assertThat(vm.memoryFile().exists()).isTrue();
        assertThat(fake.taps()).isEmpty();
        assertThat(condition()).isEqualTo(Condition.ASLEEP);
    }

    private void assertRuns(long epoch) throws IOException {
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(vm.standing())
                .isInstanceOfSatisfying(
                        Standing.Running.class, now -> assertThat(now.epoch()).isEqualTo(epoch));
        assertThat(host.journal().readAll()).containsExactly(vm.standing());
        assertThat(vm.memoryFile().exists()).isFalse();
        assertThat(fake.taps()).containsExactly(vm.allocation().tap());
        assertThat(condition()).isEqualTo(Condition.RUNS);
    }

    @Test
    void aSleepingVmWakesWithItsMemoryAlsoAfterAnotherAgentsStart() throws IOException {
        power.sleep(vm, 2);
        assertAsleep(2);
        restartAgent();
        assertAsleep(2);
        assertThat(power.wake(vm, 3)).isEqualTo(Woken.FROM_MEMORY);
        assertRuns(3);
        assertThat(((FakeGuest) vm.guest()).memory()).isEqualTo(MEMORY);
    }

    @Test
    void whatIsRepeatedFindsItsWorkDone() throws IOException {
        power.sleep(vm, 2);
        power.sleep(vm, 2);
        power.sleep(vm, 3);
        assertAsleep(3);
        assertThat(power.wake(vm, 4)).isEqualTo(Woken.FROM_MEMORY);
        assertThat(power.wake(vm, 4)).isEqualTo(Woken.RAN_ALREADY);
        assertThat(power.wake(vm, 5)).isEqualTo(Woken.RAN_ALREADY);
        assertRuns(5);
        power.stop(vm, 6, Duration.ofMinutes(1));
        power.stop(vm, 7, Duration.ofMinutes(1));
        assertThat(condition()).isEqualTo(Condition.STOPPED);
        assertThat(power.wake(vm, 8)).isEqualTo(Woken.BOOTED);
        assertRuns(8);
    }

    @Test
    void anOrderThatComesLateIsRefused() throws IOException {
        power.sleep(vm, 3);
        assertThatThrownBy(() -> power.wake(vm, 2)).isInstanceOf(HostFailure.class);
        assertThatThrownBy(() -> power.wake(vm, 3)).isInstanceOf(HostFailure.class);
        assertAsleep(3);
        power.wake(vm, 4);
        assertThatThrownBy(() -> power.sleep(vm, 3)).isInstanceOf(HostFailure.class);
        assertThatThrownBy(() -> power.stop(vm, 3, Duration.ZERO)).isInstanceOf(HostFailure.class);
        assertThatThrownBy(() -> power.wake(vm, 3)).isInstanceOf(HostFailure.class);
        assertRuns(4);
    }

    @Test
    void aVmWhoseMemoryCannotBeSavedRunsOn() throws IOException {
        Files.createDirectory(vm.allocation().directory().resolve("memory.zst.new"));
        assertThatThrownBy(() -> power.sleep(vm, 2))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("was not put to sleep and runs on");
        assertRuns(2);
    }

    @Test
    void aDamagedMemoryIsNotWokenAndMayBeGivenUp() throws IOException {
        power.sleep(vm, 2);
        Files.write(vm.memoryFile().path(), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> power.wake(vm, 3))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("it sleeps on");
        assertAsleepOnDamagedMemory();
        assertThatThrownBy(() -> power.stop(vm, 4, SHORT)).hasMessageContaining("sleeps");
        power.stop(vm, 5, Duration.ZERO);
        assertThat(power.wake(vm, 6)).isEqualTo(Woken.BOOTED);
        assertRuns(6);
    }

    @Test
    void aVmThatCannotBeBootedIsStoppedAsBeforeByTheRecordsEpoch() throws IOException {
        power.stop(vm, 2, Duration.ZERO);
        Path directory = vm.allocation().directory();
        Path aside = Files.move(directory, directory.resolveSibling("aside"));
        Files.createFile(directory);
        assertThatThrownBy(() -> power.wake(vm, 3)).isInstanceOf(HostFailure.class);
        assertThat(vm.standing()).isEqualTo(new Standing.Resting(SPEC, 3, Rest.STOPPED));
        assertThat(host.journal().readAll()).containsExactly(vm.standing());
        Files.delete(directory);
        Files.move(aside, directory);
        assertThat(power.wake(vm, 4)).isEqualTo(Woken.BOOTED);
        assertRuns(4);
    }

    @Test
    void aVmThatRestsHasTheEpochOfTheVerbThatItRefused() throws IOException {
        power.stop(vm, 2, Duration.ZERO);
        assertThatThrownBy(() -> power.sleep(vm, 3)).isInstanceOf(HostFailure.class);
        assertThat(vm.standing()).isEqualTo(new Standing.Resting(SPEC, 3, Rest.STOPPED));
        power.wake(vm, 4);
        power.sleep(vm, 5);
        assertThatThrownBy(() -> power.stop(vm, 6, SHORT)).hasMessageContaining("sleeps");
        assertThat(vm.standing()).isEqualTo(new Standing.Resting(SPEC, 6, Rest.ASLEEP));
    }

    private void assertAsleepOnDamagedMemory() {
        assertThat(vm.standing()).isEqualTo(new Standing.Resting(SPEC, 3, Rest.ASLEEP));
        assertThat(vm.state()).isEqualTo(Guest.State.GONE);
    }

    @Test
    void aGuestThatDoesNotShutDownRunsOnUntilItsPowerIsCut() throws IOException {
        guest.obedient(false);
        assertThatThrownBy(() -> power.stop(vm, 2, SHORT))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("runs on");
        assertRuns(2);
        power.stop(vm, 3, Duration.ZERO);
        assertThat(condition()).isEqualTo(Condition.STOPPED);
        assertThat(guest.state()).isEqualTo(Guest.State.GONE);
    }

    @Test
    void aGuestThatShutItselfDownSleepsNotAndBootsAgain() throws IOException {
        guest.shutDown();
        assertThat(condition()).isEqualTo(Condition.ENDED);
        assertThatThrownBy(() -> power.sleep(vm, 2)).hasMessageContaining("does not run");
        assertThat(power.wake(vm, 3)).isEqualTo(Woken.BOOTED);
        assertRuns(3);
    }

    @Test
    void aGuestWhoseProcessIsGoneBootsFromItsDisk() throws IOException {
        guest.die();
        restartAgent();
        assertThat(condition()).isEqualTo(Condition.GONE);
        assertThat(power.wake(vm, 2)).isEqualTo(Woken.BOOTED);
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
    }

    @Test
    void anAgentThatDiedWhileItSavedTheMemoryCanTryAgain() throws IOException {
        guest.stop();
        vm.memoryFile().write(out -> guest.saveMemory(out, SHORT)); // and then it is killed
        restartAgent();
        assertThat(condition()).isEqualTo(Condition.PAUSED);
        power.sleep(vm, 2);
        assertAsleep(2);
        power.wake(vm, 3);
        assertRuns(3);
    }

    @Test
    void anAgentThatDiedBeforeItSavedTheMemoryCanTryAgain() throws IOException {
        guest.stop(); // and then it is killed
        restartAgent();
        assertThat(condition()).isEqualTo(Condition.PAUSED);
        power.sleep(vm, 2);
        assertAsleep(2);
    }

    @Test
    void anAgentThatDiedBeforeItResumedTheGuestCanTryAgain() throws IOException {
        guest.stop();
        restartAgent();
        assertThat(power.wake(vm, 2)).isEqualTo(Woken.WENT_ON);
        assertRuns(2);
    }

    @Test
    void aProcessThatDoesNotAnswerIsLeftAlone() throws IOException {
        guest.mute(true);
        assertThat(condition()).isEqualTo(Condition.UNCLEAR);
        guest.mute(false);
        assertThat(condition()).isEqualTo(Condition.RUNS);
    }

    @Test
    void aVmThatCannotBeTakenUpIsNeitherTakenForDeadNorInTheOthersWay() throws IOException {
        VmSpec other =
                new VmSpec("other", 1, SPEC.memoryBytes(), SPEC.disk(), SPEC.nic(), SPEC.boot());
        host.journal().persist(new Standing.Resting(other, 1, Rest.STOPPED));
        fake.trouble(vm.allocation().tap());
        Sides sides = new Sides(host);
        LocalVms vms = new LocalVms(host, sides);
        vms.takeUp();
        assertThat(vms.named("other").standing()).isInstanceOf(Standing.Resting.class);
        vm = vms.named("vm");
        assertThat(condition()).isEqualTo(Condition.UNCLEAR);
        assertThatThrownBy(() -> power.wake(vm, 2)).hasMessageContaining("not known");
        assertThat(guest.state()).isEqualTo(Guest.State.RUNNING);
        power.stop(vm, 3, Duration.ZERO);
        assertThat(guest.state()).isEqualTo(Guest.State.GONE);
        power.wake(vm, 4);
        host.journal().remove("other");
        assertRuns(4);
    }

    @Test
    void aProcessThatWasLeftOfARestingVmIsEnded() throws IOException {
        power.sleep(vm, 2);
        host.allocations().make(SPEC);
        FakeGuest left = hypervisor.prepare(SPEC, vm.allocation()); // and then it is killed
        restartAgent();
        assertThat(left.state()).isEqualTo(Guest.State.GONE);
        assertAsleep(2);
    }
}
