package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.Loopback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A source that runs and a target that waits, and the steps of a move in the engine's order. */
final class TwoGuests {
    static final Duration SOON = Duration.ofSeconds(60);

    private final VmSpec spec;
    private final Allocation here;
    private final QemuGuest source;
    private final QemuGuest target;
    private final Loopback link = Loopback.make();
    private final Disk.Export volume;
    private @Nullable IncomingMemory incoming;
    private @Nullable OutgoingMemory outgoing;

    /** The guest has booted and written to its disk. */
    TwoGuests(TestHost host, VmSpec spec, LoadGuest load) throws IOException {
        this(host, spec, boot(host, spec, load));
    }

    /** Another target for a guest that runs already. */
    TwoGuests(TestHost host, TwoGuests before) throws IOException {
        this(host, before.spec, new Running(before.here, before.source));
    }

    /** A guest of the caller's. */
    TwoGuests(TestHost host, VmSpec spec, Allocation here, QemuGuest source) throws IOException {
        this(host, spec, new Running(here, source));
    }

    private record Running(Allocation here, QemuGuest guest) {}

    private TwoGuests(TestHost host, VmSpec spec, Running running) throws IOException {
        this.spec = spec;
        here = running.here();
        source = running.guest();
        Allocation there = host.allocate(spec);
        target = (QemuGuest) host.owned(host.hypervisor().prepare(spec, there));
        volume = target.disk().openForWriting();
    }

    private static Running boot(TestHost host, VmSpec spec, LoadGuest load) throws IOException {
        Allocation here = host.allocate(spec, load);
        QemuGuest guest = (QemuGuest) host.owned(host.hypervisor().boot(spec, here));
        awaitBooted(guest);
        return new Running(here, guest);
    }

    /** The firmware has loaded the boot sector: it has counted a step. */
    private static void awaitBooted(QemuGuest guest) {
        awaitShown(guest, "xp /1wx 0x7c1c", "(?s).*: 0x0*[1-9a-f][0-9a-f]*\\s*");
    }

    /** The source's human monitor shows this. */
    void awaitSource(String command, String pattern) {
        awaitShown(source, command, pattern);
    }

    private static void awaitShown(QemuGuest guest, String command, String pattern) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!shown(guest, command).matches(pattern)) {
            assertThat(System.nanoTime()).as("the guest boots in time").isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static String shown(QemuGuest guest, String command) {
        return guest.qmp()
                .execute("human-monitor-command", Map.of("command-line", command))
                .asString("");
    }

    QemuGuest source() {
        return source;
    }

    QemuGuest target() {
        return target;
    }

    Loopback link() {
        return link;
    }

    OutgoingMemory outgoing() {
        return Objects.requireNonNull(outgoing);
    }

    IncomingMemory incoming() {
        return Objects.requireNonNull(incoming);
    }

    /** Snapshot, image, one differential update. */
    void copyDisk() throws IOException {
        Disk.Export snapshot = source.disk().snapshot();
        TestHost.copy(snapshot, volume);
        source.disk().dropSnapshot();
        Disk.Round round = source.disk().nextRound();
        TestHost.copyMarked(round.export(), volume);
        source.disk().endRound();
    }

    /** The memory on its way. */
    void beginMemory(MemoryMode mode) throws IOException {
        incoming = link.receive(target);
        outgoing = link.send(source, mode);
    }

    /** The memory on its way, held. */
    void converge(MemoryMode mode) throws IOException {
        beginMemory(mode);
        outgoing().awaitConverged(SOON);
        outgoing().hold();
        assertThat(source.state()).isEqualTo(Guest.State.RUNNING);
    }

    /** The guest stopped by us, the rest of its memory flowing. */
    void stop() {
        source.stop();
        outgoing().release();
    }

    void lastRound() throws IOException {
        Disk.Round last = source.disk().lastRound();
        TestHost.copyMarked(last.export(), volume);
        source.disk().endRound();
    }

    void complete() {
        outgoing().awaitLastStage(SOON);
        source.disk().endTracking();
        outgoing().complete(SOON);
        incoming().awaitLoaded(SOON);
        target.disk().closeForWriting();
    }

    /** Both stand still: their memories are equal to the byte. */
    void assertSameMemory(Path directory) throws IOException {
        Path one = directory.resolve("source.memory");
        Path other = directory.resolve("target.memory");
        try {
            save(source, one);
            save(target, other);
            assertThat(Files.mismatch(one, other)).as("first byte that differs").isEqualTo(-1);
        } finally {
            Files.deleteIfExists(one);
            Files.deleteIfExists(other);
        }
    }

    private void save(QemuGuest guest, Path file) {
        guest.qmp()
                .execute(
                        "pmemsave",
                        Map.of("val", 0, "size", spec.memoryBytes(), "filename", file.toString()));
    }

    /** The source's process dead: a hash of what its disk shows. */
    String sourceContent() throws IOException {
        VmSpec.Format format = spec.disk().format();
        return TestHost.digest(here.volume(format).toString(), format);
    }
}
