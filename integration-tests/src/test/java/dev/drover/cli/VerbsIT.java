package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.Fault;
import dev.drover.api.MoveStatus;
import dev.drover.api.VmMessage.Woken;
import dev.drover.api.Wanted;
import dev.drover.lab.Command;
import dev.drover.lab.Host;
import dev.drover.lab.client.Verification;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sleep, wake and stop of a real guest, also when agents and hosts die. Between tests it is on h1.
 */
@Timeout(300)
@SuppressWarnings("NullAway.Init") // before all tests
class VerbsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String AGENT = "agent";

    private static MovingVm vm;
    private static ClusterClient user;
    private static Host h1;
    private static Path allocation;

    private Active before;

    @BeforeAll
    static void boot() throws IOException, InterruptedException {
        vm = MovingVm.boot("dverb", VmSpec.Format.QCOW2);
        user = vm.cluster().client();
        h1 = vm.cluster().lab().host(1);
        allocation = h1.directory().resolve("state/vms/demo");
    }

    @AfterAll
    static void end() throws IOException {
        vm.close();
    }

    @BeforeEach
    void itRuns() throws InterruptedException {
        before = vm.active();
        assertThat(wanted()).isEqualTo(Wanted.RUNNING);
        awaitThatItRuns();
    }

    private static Wanted wanted() throws InterruptedException {
        return user.active("demo").wanted();
    }

    private static void awaitThatItRuns() {
        vm.awaitAnswers(vm.answered() + 200, SOON);
    }

    private static Optional<ProcessHandle> qemu() throws IOException {
        Path file = allocation.resolve("qemu.pid");
        return Files.exists(file)
                ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                : Optional.empty();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void assertWhole() {
        Verification found = vm.client().verify();
        assertThat(found.badBlocks()).isZero();
        assertThat(found.badPages()).isZero();
        assertThat(found.verifiedPages()).isPositive();
    }

    @Test
    void aSleepingVmOutlivesItsAgentAndGoesOnWithDiskAndMemory() throws Exception {
        long answers = vm.client().stats().answers();
        user.sleep("demo");
        assertThat(qemu().filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(allocation.resolve("memory.zst")).exists();
        vm.cluster().services().down(h1, AGENT);
        vm.cluster().services().up(h1, AGENT);
        vm.cluster().awaitHosts(2);
        assertThat(wanted()).isEqualTo(Wanted.ASLEEP);
        assertThat(user.wake("demo")).isEqualTo(Woken.FROM_MEMORY);
        awaitThatItRuns();
        assertWhole();
        assertThat(vm.client().stats().answers()).as("since its boot").isGreaterThan(answers);
        assertThat(allocation.resolve("memory.zst")).doesNotExist();
        assertThat(vm.active()).isEqualTo(new Active("h1", before.epoch() + 2));
    }

    @Test
    void aGuestShutsDownWhenItIsStoppedAndBootsWhenItIsWoken() throws Exception {
        user.stop("demo", SOON);
        assertThat(qemu().filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(wanted()).isEqualTo(Wanted.STOPPED);
        user.stop("demo", SOON);
        assertThat(user.wake("demo")).isEqualTo(Woken.BOOTED);
        awaitThatItRuns();
        assertThat(user.wake("demo")).isEqualTo(Woken.RAN_ALREADY);
        assertWhole();
    }

    @Test
    void aVmThatRestsMovesAndGoesOnElsewhereWithDiskAndMemory() throws Exception {
        long answers = vm.client().stats().answers();
        user.sleep("demo");
        assertMovesAtRest("h2", Optional.empty());
        assertThat(wanted()).isEqualTo(Wanted.ASLEEP);
        assertThat(allocation).as("nothing of it is left").doesNotExist();
        assertThat(user.wake("demo")).isEqualTo(Woken.FROM_MEMORY);
        awaitThatItRuns();
        assertWhole();
        assertThat(vm.client().stats().answers()).as("since its boot").isGreaterThan(answers);
        user.stop("demo", Duration.ZERO);
        assertMovesAtRest("h1", Optional.empty());
        assertThat(wanted()).isEqualTo(Wanted.STOPPED);
        assertThat(user.wake("demo")).isEqualTo(Woken.BOOTED);
        awaitThatItRuns();
        assertWhole();
    }

    @Test
    void aVmThatRestsIsOnOneHostWhoeverDiesInItsMove() throws Exception {
        user.sleep("demo");
        assertMovesAtRest("h1", Optional.of(new Fault(Phase.PULL, Fault.Victim.SOURCE_AGENT)));
        vm.cluster().awaitHosts(2);
        assertMovesAtRest("h2", Optional.of(new Fault(Phase.DELIVER, Fault.Victim.TARGET_AGENT)));
        vm.cluster().awaitHosts(2);
        assertMovesAtRest("h1", Optional.empty());
        assertThat(user.wake("demo")).isEqualTo(Woken.FROM_MEMORY);
        awaitThatItRuns();
        assertWhole();
    }

    /** It is on {@code host} in the end, and rests. */
    private static void assertMovesAtRest(String host, Optional<Fault> fault) throws Exception {
        String target = vm.active().host().equals("h1") ? "h2" : "h1";
        assertEnded(user.startMove("demo", target, fault), host);
    }

    private static void assertEnded(String move, String host) throws Exception {
        MoveStatus end = user.follow(move, _ -> {});
        assertThat(vm.active().host()).as("%s", end.state()).isEqualTo(host);
        if (host.equals(end.state().plan().target())) {
            assertThat(end.verification().orElseThrow().identical()).isTrue();
        }
    }

    @Test
    void aVmWhosePowerIsCutKeepsItsDisk() throws Exception {
        user.stop("demo", Duration.ZERO);
        assertThat(qemu().filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(user.wake("demo")).isEqualTo(Woken.BOOTED);
        awaitThatItRuns();
        assertWhole();
    }

    @Test
    void aHostThatWasBootedWakesItsVm() throws Exception {
        vm.cluster().services().down(h1, AGENT);
        var _ = qemu().orElseThrow().destroyForcibly();
        await(() -> qemu().filter(ProcessHandle::isAlive).isEmpty());
        vm.cluster().services().up(h1, AGENT);
        awaitThatItRuns();
        assertThat(vm.active()).isEqualTo(new Active("h1", before.epoch() + 1));
        assertWhole();
    }

    /** A pipe in the place of the file: the agent stands still in it until it is killed. */
    @Test
    void anAgentThatDiesWhileItSavesTheMemorySavesItWhenItIsBack() throws Exception {
        Path file = allocation.resolve("memory.zst.new");
        Command.run("mkfifo", file.toString());
        CompletableFuture<Void> sleep =
                CompletableFuture.runAsync(() -> {
                    try {
                        user.sleep("demo");
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        try (InputStream saved = Files.newInputStream(file)) {
            assertThat(saved.read()).as("it has begun").isNotNegative();
            vm.cluster().services().down(h1, AGENT);
        }
        assertThatThrownBy(sleep::get).hasMessageContaining("it will be when its agent is back");
        vm.cluster().services().up(h1, AGENT);
        await(() ->
                Files.exists(allocation.resolve("memory.zst"))
                        && qemu().filter(ProcessHandle::isAlive).isEmpty());
        await(() -> woken() == Woken.FROM_MEMORY);
        awaitThatItRuns();
        assertWhole();
    }

    /** Refused as long as the monitor has not heard that it sleeps. */
    private static Woken woken() throws InterruptedException {
        try {
            return user.wake("demo");
        } catch (dev.drover.api.link.LinkException.RemoteFailure e) {
            assertThat(e).hasMessageContaining("is being put to sleep");
            return Woken.RAN_ALREADY;
        }
    }

    @Test
    void whileAVmIsMovedItIsNotPutToSleep() throws Exception {
        String move = user.startMove("demo", "h2", Optional.empty());
        assertThatThrownBy(() -> user.sleep("demo")).hasMessageContaining("is being moved to h2");
        user.cancelMove(move, "It has shown enough");
        var _ = user.follow(move, _ -> {});
        awaitThatItRuns();
    }
}
