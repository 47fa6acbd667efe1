package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.KeptVolume;
import dev.drover.api.Origin;
import dev.drover.api.Rest;
import dev.drover.api.link.Json;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.FakeHypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stays of a VM that is destroyed: how long, when it is said twice, and after crashes. */
@Timeout(60)
class KeptVolumesTest {
    private static final VmSpec SPEC = FakeHost.SPEC;
    private static final Optional<Duration> DAY = Optional.of(Duration.ofDays(1));
    private static final Instant TOMORROW = Instant.EPOCH.plus(Duration.ofDays(1));

    @TempDir Path temp;
    private FakeHost fake;
    private HostContext host;
    private KeptVolumes kept;
    private Sides sides;
    private LocalVms vms;

    @BeforeEach
    void aHostWithAVm() throws IOException {
        fake = new FakeHost(temp, new FakeHypervisor());
        host = fake.context();
        kept = host.allocations().kept();
        sides = new Sides(host);
        vms = new LocalVms(host, sides);
        create("first");
    }

    private void create(String content) throws IOException {
        vms.create(SPEC, 1, new Origin.Nothing());
        Files.writeString(volume(), content);
        Files.writeString(volume().resolveSibling("memory"), "much");
    }

    private Path place() {
        return host.allocations().of(SPEC).directory();
    }

    private Path volume() {
        return host.allocations().of(SPEC).volume(SPEC.disk().format());
    }

    /** Another agent, after this one was killed. */
    private void restartAgent() throws IOException {
        sides = new Sides(host);
        vms = new LocalVms(host, sides);
        vms.takeUp();
    }

    /** The one volume that is kept, of a VM of which nothing else is left. */
    private KeptVolume theOne() throws IOException {
        assertThat(host.journal().readAll()).isEmpty();
        assertThat(sides.vms()).isEmpty();
        assertThat(fake.taps()).isEmpty();
        assertThat(place()).doesNotExist();
        assertThat(kept.all()).hasSize(1);
        KeptVolume one = kept.all().getFirst();
        assertThat(Path.of(one.path())).hasContent("first");
        try (var files = Files.list(temp.resolve("kept").resolve(one.id()))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("disk.raw", "kept.json");
        }
        return one;
    }

    @Test
    void nothingButTheVolumeStaysAndItIsSaidWhatItWas() throws IOException {
        vms.destroy("vm", DAY);
        KeptVolume one = theOne();
        assertThat(one.vm()).isEqualTo("vm");
        assertThat(one.id()).matches("vm-[0-9a-f]{8}");
        assertThat(one.format()).isEqualTo("raw");
        assertThat(one.diskBytes()).isEqualTo(SPEC.disk().sizeBytes());
        assertThat(one.destroyed()).isEqualTo(Instant.EPOCH);
        assertThat(one.until()).isEqualTo(TOMORROW);
        assertThat(kept.bytes()).isEqualTo(one.allocatedBytes()).isPositive();
        byte[] about = Files.readAllBytes(Path.of(one.path()).resolveSibling("kept.json"));
        assertThat(Json.read(about, KeptVolumes.Kept.class).vm()).isEqualTo(SPEC);
    }

    @Test
    void ofAVmThatSleepsTheMemoryGoes() throws IOException {
        new Power(host).sleep(vms.named("vm"), 2);
        Files.writeString(volume(), "first");
        assertThat(vms.named("vm").standing())
                .isEqualTo(new Standing.Resting(SPEC, 2, Rest.ASLEEP));
        vms.destroy("vm", DAY);
        theOne();
    }

    @Test
    void nothingStaysWhenThatIsWished() throws IOException {
        vms.destroy("vm", Optional.empty());
        assertThat(kept.all()).isEmpty();
        assertThat(place()).doesNotExist();
        assertThat(host.journal().readAll()).isEmpty();
    }

    @Test
    void aVmOfTheSameNameIsMadeAtOnceAndKeptBesideTheFirst() throws IOException {
        vms.destroy("vm", DAY);
        KeptVolume first = theOne();
        create("second");
        vms.destroy("vm", DAY);
        vms.destroy("vm", DAY);
        assertThat(kept.all()).hasSize(2).contains(first);
        kept.remove(first.id());
        kept.remove(first.id());
        assertThat(kept.all()).hasSize(1);
        assertThat(Path.of(kept.all().getFirst().path())).hasContent("second");
        kept.remove("../vms");
        kept.remove("");
        assertThat(temp.resolve("vms")).exists();
    }

    @Test
    void itIsRemovedWhenItsTimeIsOver() throws IOException {
        vms.destroy("vm", DAY);
        create("second");
        vms.destroy("vm", Optional.of(Duration.ofHours(1)));
        assertThat(kept.removeExpired()).contains(Instant.EPOCH.plus(Duration.ofHours(1)));
        assertThat(kept.all()).hasSize(2);
        fake.now(TOMORROW.minusMillis(1));
        assertThat(kept.removeExpired()).contains(TOMORROW);
        theOne();
        fake.now(TOMORROW);
        assertThat(kept.removeExpired()).isEmpty();
        assertThat(temp.resolve("kept")).isEmptyDirectory();
    }

    @Test
    void theAgentRemovesThemByItselfAlsoWhatWasKeptBeforeItsStart() throws Exception {
        vms.destroy("vm", DAY); // by the clock of 1970
        try (KeptVolumes own = new KeptVolumes(temp.resolve("kept"), InstantSource.system())) {
            own.start();
            await(own);
            create("second");
            KeptVolumes.Kept soon = own.plan(SPEC, Duration.ofMillis(100));
            own.keep(soon, place());
            await(own);
            assertThat(Instant.now()).isAfter(soon.until());
            assertThat(place()).doesNotExist();
        }
    }

    @Test
    void theAgentGoesOnWhenTheyCannotBeListedOnce() throws Exception {
        CountDownLatch looked = new CountDownLatch(3); // begins, looks, and waits on
        InstantSource clock =
                () -> {
                    looked.countDown();
                    return Instant.now();
                };
        try (KeptVolumes own = new KeptVolumes(temp.resolve("kept"), clock)) {
            Files.delete(temp.resolve("kept"));
            own.start();
            assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
            Files.createDirectory(temp.resolve("kept"));
            own.keep(own.plan(SPEC, Duration.ofMillis(100)), place());
            await(own);
        }
    }

    private static void await(KeptVolumes own) {
        Instant latest = Instant.now().plusSeconds(20);
        while (!own.all().isEmpty()) {
            assertThat(Instant.now()).isBefore(latest);
            Thread.onSpinWait();
        }
    }

    private void leave(KeptVolumes.Kept said) {
        host.journal().persist(new Standing.Leaving(SPEC, Optional.of(said)));
        vms.named("vm").kill();
    }

    @Test
    void anAgentThatDiedBeforeTheVolumeWasKeptKeepsItWhenItIsBack() throws IOException {
        KeptVolumes.Kept said = kept.plan(SPEC, DAY.get());
        leave(said);
        Files.writeString(volume().resolveSibling("kept.json"), "half of it");
        restartAgent();
        assertThat(theOne().id()).isEqualTo(said.id());
    }

    @Test
    void anAgentThatDiedAfterTheVolumeWasKeptLeavesIt() throws IOException {
        KeptVolumes.Kept said = kept.plan(SPEC, DAY.get());
        leave(said);
        kept.keep(said, place());
        restartAgent();
        assertThat(theOne().id()).isEqualTo(said.id());
    }

    @Test
    void whatWasSaidFirstHoldsWhenTheVmIsDestroyedAgain() throws IOException {
        Path inTheWay = Files.createFile(temp.resolve("kept/x"));
        LocalVm vm = vms.named("vm");
        KeptVolumes.Kept said = new KeptVolumes.Kept("x", SPEC, Instant.EPOCH, TOMORROW);
        assertThatThrownBy(() -> host.allocations().remove(vm, Optional.of(said)))
                .hasMessageContaining("Removing VM vm");
        assertThat(volume()).hasContent("first");
        Files.delete(inTheWay);
        vms.destroy("vm", Optional.empty());
        assertThat(theOne().id()).isEqualTo("x");
    }

    @Test
    void whatCannotBeReadIsLeftAndKeepsNobodyFromTheOthers() throws IOException {
        Path odd =
                Files.createDirectories(temp.resolve("kept").resolve("odd-" + UUID.randomUUID()));
        vms.destroy("vm", DAY);
        theOne();
        fake.now(TOMORROW);
        assertThat(kept.removeExpired()).isEmpty();
        assertThat(odd).exists();
        assertThat(kept.all()).isEmpty();
    }

    @Test
    void aVmThatDoesNotFitIsToldWhatIsKept() throws IOException {
        vms.destroy("vm", DAY);
        VmSpec huge =
                new VmSpec(
                        "huge",
                        1,
                        64 << 20,
                        new VmSpec.DiskSpec(VmSpec.Format.RAW, 1L << 50),
                        SPEC.nic(),
                        SPEC.boot());
        assertThatThrownBy(() -> vms.fit(huge, new Origin.Nothing()))
                .hasMessageContaining("volumes of destroyed VMs take 0 MiB");
    }
}
