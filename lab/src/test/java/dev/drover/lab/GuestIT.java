package dev.drover.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.lab.client.Figures;
import dev.drover.lab.client.GuestStats;
import dev.drover.lab.client.LabClient;
import dev.drover.lab.client.Load;
import dev.drover.lab.client.Verification;
import dev.drover.lab.guest.BaseDisk;
import dev.drover.lab.guest.GuestImage;
import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real guest under QEMU on a plain tap of host 1, seen by the client. One boot serves all. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuestIT {
    private static final long CONTENT = 16L << 20;
    private static final long DISK = 256L << 20;
    // Live moves under old emulators need such a size: the guest has to boot in it.
    private static final long MEMORY = (128L << 20) + 8192;
    private static final int BLOCKS = (int) (BaseDisk.ARENA_BYTES / 4096);

    private Lab lab;
    private LabClient client;
    private Process qemu;
    private Path volume;

    @BeforeAll
    void boot(@TempDir Path state, TestReporter reporter) throws IOException {
        GuestImage image = GuestImage.prepare(TestLab.cache(), CONTENT);
        lab = Lab.create(new Layout(TestLab.prefix("g"), 1), state);
        var allocation = new Allocation(lab.host(1).directory().resolve("vm"), "vm0");
        image.install(allocation.directory(), VmSpec.Format.RAW, DISK);
        volume = allocation.volume(VmSpec.Format.RAW);
        lab.host(1).addTap(allocation.tap());
        client = LabClient.start(lab, LabClient.Options.atRate(2000));
        long begun = System.nanoTime();
        qemu = lab.host(1).start("qemu", qemu(allocation));
        assertThat(client.awaitFirstAnswer(Duration.ofSeconds(60))).as("%s", serial()).isTrue();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        reporter.publishEntry("first answer, ms", Long.toString(millis));
    }

    private List<String> qemu(Allocation allocation) {
        return List.of(
                "qemu-system-x86_64",
                "-machine",
                "pc",
                "-accel",
                "tcg",
                "-m",
                (MEMORY >> 10) + "K",
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-serial",
                "file:" + lab.host(1).log("serial"),
                "-kernel",
                allocation.kernel().toString(),
                "-initrd",
                allocation.initrd().toString(),
                "-append",
                GuestImage.commandLine(Layout.GUEST_ADDRESS, MEMORY),
                "-drive",
                "if=none,id=disk0,format=raw,file=" + volume,
                "-device",
                "virtio-blk-pci,drive=disk0",
                "-netdev",
                "tap,id=net0,script=no,downscript=no,ifname=" + allocation.tap(),
                "-device",
                "virtio-net-pci,romfile=,netdev=net0,mac=" + Layout.GUEST_MAC);
    }

    private String serial() throws IOException {
        Path log = lab.host(1).log("serial");
        return Files.exists(log) ? Files.readString(log) : "no console";
    }

    @AfterAll
    void remove() {
        if (client != null) {
            client.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    @Order(1)
    void trafficUnderLoadLosesNothingAndVerifies() {
        client.begin("idle");
        await(stats -> stats.answers() > 2000);
        Figures idle = client.end("idle");
        client.load(Load.LIGHT);
        GuestStats before = client.stats();
        client.begin("light");
        await(stats ->
                stats.answers() > before.answers() + 6000
                        && stats.diskBytes() > before.diskBytes() + 10_000_000
                        && stats.memoryBytes() > before.memoryBytes() + 40_000_000);
        Figures light = client.end("light");
        GuestStats after = client.stats();
        for (Figures figures : List.of(idle, light)) {
            assertThat(figures.packets().sent()).isGreaterThan(1000);
            assertThat(figures.packets().lost()).isZero();
            assertThat(figures.packets().duplicated()).isZero();
            assertThat(figures.packets().reordered()).isZero();
            assertThat(figures.stream().badBytes()).isZero();
            assertThat(figures.stream().unbroken()).isTrue();
            assertThat(figures.stream().bytes()).isPositive();
            assertThat(figures.stream().retransmits()).isNotNegative();
            assertThat(figures.clientDrops()).isZero();
        }
        assertThat(after.diskErrors()).isZero();
        Verification verification = client.verify();
        assertThat(verification.good()).as("%s", verification).isTrue();
        assertThat(verification.verifiedBlocks()).isEqualTo(BLOCKS);
        assertThat(verification.verifiedPages()).isEqualTo((MEMORY / 4) >> 12);
    }

    private void await(Predicate<GuestStats> reached) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!reached.test(client.stats())) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    @Test
    @Order(2)
    void corruptedBlocksAreFoundBad() throws IOException {
        client.load(Load.IDLE);
        assertThat(client.verify().good()).isTrue();
        try (var disk = new RandomAccessFile(volume.toFile(), "rw")) {
            int written = findWritten(disk, 0);
            long arena = DISK - BaseDisk.ARENA_BYTES;
            // One bit in a written block, a lost write, and a stray one where nothing was written.
            long at = arena + written * 4096L + 3000;
            disk.seek(at);
            int old = disk.read();
            disk.seek(at);
            disk.write(old ^ 1);
            disk.seek(arena + findWritten(disk, written + 1) * 4096L);
            disk.write(new byte[4096]);
            disk.seek(arena + findEmpty(disk) * 4096L + 8);
            disk.write(1);
        }
        Verification verification = client.verify();
        assertThat(verification.badBlocks()).isEqualTo(3);
        assertThat(verification.badPages()).isZero();
        assertThat(verification.good()).isFalse();
    }

    private static int findWritten(RandomAccessFile disk, int from) throws IOException {
        int block = from;
        while (isEmpty(disk, block)) {
            block++;
        }
        return block;
    }

    private static int findEmpty(RandomAccessFile disk) throws IOException {
        int block = BLOCKS - 1;
        while (!isEmpty(disk, block)) {
            block--;
        }
        return block;
    }

    private static boolean isEmpty(RandomAccessFile disk, int block) throws IOException {
        disk.seek(DISK - BaseDisk.ARENA_BYTES + block * 4096L);
        return disk.readLong() == 0;
    }

    @Test
    @Order(3)
    void anUnknownRequestIsAnError() {
        client.begin("twice");
        assertThatThrownBy(() -> client.begin("twice")).hasMessageContaining("begun already");
        assertThatThrownBy(() -> client.end("never")).hasMessageContaining("No window 'never'");
        client.end("twice");
    }

    @Test
    @Order(4)
    void theClientIsCheap(TestReporter reporter) throws Exception {
        ProcessHandle process =
                lab.client().processes().stream()
                        .filter(p -> p.info().command().orElse("").endsWith("java"))
                        .findFirst()
                        .orElseThrow();
        Duration before = process.info().totalCpuDuration().orElseThrow();
        long begun = System.nanoTime();
        // Not waiting for anything: nobody asks the client anything meanwhile.
        assertThat(qemu.waitFor(3, TimeUnit.SECONDS)).isFalse();
        Duration used = process.info().totalCpuDuration().orElseThrow().minus(before);
        double share = (double) used.toNanos() / (System.nanoTime() - begun);
        reporter.publishEntry("client's share of a core", Double.toString(share));
        assertThat(share).isLessThan(0.5);
    }

    @ParameterizedTest
    @EnumSource
    @Order(5)
    void theGuestWritesAsFastAsItsLoadSays(Load load) throws Exception {
        client.load(load);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        // A busy machine may be too slow for a while.
        while (!writesAsFastAs(load)) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    /** Whether it does in the next second; it must not be faster. */
    private boolean writesAsFastAs(Load load) throws InterruptedException {
        long begun = System.nanoTime();
        GuestStats before = client.stats();
        assertThat(qemu.waitFor(1, TimeUnit.SECONDS)).isFalse();
        GuestStats after = client.stats();
        double seconds = (System.nanoTime() - begun) / 1e9;
        double disk = (after.diskBytes() - before.diskBytes()) / seconds;
        double memory = (after.memoryBytes() - before.memoryBytes()) / seconds;
        assertThat(disk).isLessThanOrEqualTo(1.2 * load.diskBytesPerSecond());
        assertThat(memory).isLessThanOrEqualTo(1.2 * load.memoryBytesPerSecond());
        return disk >= 0.8 * load.diskBytesPerSecond()
                && memory >= 0.8 * load.memoryBytesPerSecond();
    }

    @Test
    @Order(6)
    void lostPacketsAreCountedWhenTheGuestIsGone() throws Exception {
        client.begin("last");
        client.powerOff();
        assertThat(qemu.waitFor(60, TimeUnit.SECONDS)).as("%s", serial()).isTrue();
        Figures figures = client.end("last");
        assertThat(figures.packets().lost()).isPositive();
        assertThat(figures.packets().longestSilence()).isGreaterThan(Duration.ofMillis(1900));
    }
}
